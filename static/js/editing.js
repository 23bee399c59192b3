// Keeps what somebody types in a form of the admin, every ten seconds and when they leave it; Ctrl+S saves.
document.addEventListener("DOMContentLoaded", () => {
  const state = document.querySelector("#kept-state"), form = state?.closest("form");
  if (!form) return;
  const others = document.querySelector("#others-here"), address = state.dataset.address;
  const EVERY = 10_000, SHOWN_TO_OTHERS = 60_000; // milliseconds
  let leaving = false, told = 0;

  const data = (typed) => {
    const found = new FormData(form);
    for (const [name, value] of [...found]) if (value instanceof File) found.delete(name);
    if (typed) found.set("_typed", "yes");
    return found;
  };
  const text = () => JSON.stringify([...data()].filter(([name]) => name !== "csrfmiddlewaretoken"));
  // Text that was put back, or could not be saved, is no more saved than what is typed now.
  const first = text();
  let kept = first;
  const isUnsaved = () => "unsaved" in state.dataset || document.querySelector(".errornote") || text() !== first;

  const keep = async (options) => {
    const now = text(), typed = now !== kept;
    if (leaving || !(typed || Date.now() - told > SHOWN_TO_OTHERS)) return;
    told = Date.now();
    try {
      const answer = await fetch(address, { method: "POST", body: data(typed), ...options });
      const said = await answer.json();
      if (typed) kept = now;
      if (said.ended) state.textContent = "Your session has ended. What you type is kept: log in, and it stands here.";
      else if (typed) state.textContent = `Kept, and not saved yet: ${said.kept}`;
      if (!said.ended) {
        others.textContent = said.others;
        others.hidden = !said.others;
      }
    } catch {
      if (typed) state.textContent = "What you type cannot be kept at this moment: there is no connection.";
    }
  };
  keep();
  setInterval(keep, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep({ keepalive: true });
  });

  form.addEventListener("submit", (event) => {
    leaving = event.submitter?.formTarget !== "_blank";
  });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("beforeunload", (event) => {
    if (!leaving && isUnsaved()) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key?.toLowerCase() !== "s" || event.altKey || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
    const button = form.querySelector("[name=_draft], [name=_continue]");
    if (!button) return;
    event.preventDefault();
    button.click();
  });
});
