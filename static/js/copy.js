// Copies the text of an element; the buttons show only where copying works.
(() => {
  if (!navigator.clipboard) return;
  document.documentElement.classList.add("can-copy");
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).innerText);
    document.getElementById("live").textContent = button.textContent = "Copied";
  });
})();
