// Copies the text of an element; the button shows only where copying works.
(() => {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copies]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
      document.getElementById("live").textContent = button.textContent = "Copied";
    });
  }
})();
