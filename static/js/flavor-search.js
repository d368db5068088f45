// Narrows the flavor table as one types; without it the Search button asks the server.
(() => {
  const has = (tokens, word) => (/^\d+$/.test(word) ? tokens.includes(word) : tokens.some((token) => token.startsWith(word)));
  document.addEventListener("input", (event) => {
    const field = event.target.closest("[data-search]");
    if (!field) return;
    event.stopPropagation();
    const words = field.value.toLowerCase().replace(/(\d+)\s+(vcpu|gib)\b/g, "$1$2").split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of document.querySelectorAll(`${field.dataset.search} tbody tr[data-words]`)) {
      const tokens = row.dataset.words.split(" ");
      const shown = Boolean(row.querySelector("input:checked")) || words.every((word) => has(tokens, word));
      row.hidden = !shown;
      if (shown) count += 1;
    }
    const label = document.querySelector(`[data-count="${field.dataset.search}"]`);
    if (label) label.textContent = count;
  }, true);
})();
