// Adds a copy button to every [data-copy] block for the textarea inside, and
// says what came of it. Without this script the text is selected by hand.
for (const block of document.querySelectorAll("[data-copy]")) {
  const text = block.querySelector("textarea");
  const button = document.createElement("button");
  const status = document.createElement("span");
  button.type = "button";
  button.className = "quiet";
  button.textContent = block.dataset.copy;
  button.setAttribute("aria-describedby", text.getAttribute("aria-labelledby"));
  status.setAttribute("role", "status");
  block.append(button, status);
  text.addEventListener("focus", () => text.select());
  button.addEventListener("click", async () => {
    let done = false;
    try {
      await navigator.clipboard.writeText(text.value);
      done = true;
    } catch { // no clipboard without HTTPS
      text.select();
      done = document.execCommand("copy");
      button.focus();
    }
    status.textContent = done ? block.dataset.copied : block.dataset.failed;
    setTimeout(() => { status.textContent = ""; }, 4000);
  });
}
