// Buttons to copy and print the words for the doctor.
const words = document.querySelector("[data-copy]");
if (words) {
  const make = (tag, values) => Object.assign(document.createElement(tag), values);
  const buttons = make("p", { className: "ways" }), type = "button", className = "button quiet";
  const button = (textContent, onclick) => buttons.append(make(type, { type, className, textContent, onclick }));
  if (navigator.clipboard) {
    button("Copy these words", async () => {
      try {
        await navigator.clipboard.writeText(words.innerText);
        status.textContent = "Copied.";
      } catch {
        status.textContent = "This browser does not allow copying: select the words instead.";
      }
    });
  }
  button("Print this answer", () => print());
  const status = make("span", { role: "status" });
  buttons.append(status);
  words.after(buttons);
}
