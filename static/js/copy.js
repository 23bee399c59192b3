// Buttons to copy and to print the words for the doctor. Without them, the words can be selected.
const words = document.querySelector("[data-copy]");
if (words) {
  const buttons = document.createElement("p");
  buttons.className = "ways";
  const button = (label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button quiet";
    made.textContent = label;
    made.addEventListener("click", act);
    buttons.append(made);
    return made;
  };
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
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  buttons.append(status);
  words.after(buttons);
}
