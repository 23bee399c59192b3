// Buttons to copy and print: the words for the doctor, or the address of a page.
const words = document.querySelector("[data-copy]");
if (words) {
  const isLink = words.dataset.copy === "link";
  const make = (tag, values) => Object.assign(document.createElement(tag), values);
  const buttons = make("p", { className: "ways" }), type = "button", className = "button quiet";
  const button = (textContent, onclick) => buttons.append(make(type, { type, className, textContent, onclick }));
  if (navigator.clipboard) {
    button(isLink ? "Copy link" : "Copy these words", async () => {
      const link = document.querySelector("[rel=canonical]") ?? location;
      try {
        await navigator.clipboard.writeText(isLink ? link.href : words.innerText);
        status.textContent = "Copied.";
      } catch {
        status.textContent = "This browser does not allow copying: select the words instead.";
      }
    });
  }
  button(isLink ? "Print" : "Print this answer", () => print());
  const status = make("span", { role: "status" });
  buttons.append(status);
  if (isLink) words.append(buttons);
  else words.after(buttons);
}
