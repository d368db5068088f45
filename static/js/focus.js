// A link of an error summary leads into the field, not only next to it; what is replaced keeps a place for the keyboard.
(() => {
  const focusTarget = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target) target.focus();
  };
  addEventListener("hashchange", focusTarget);
  addEventListener("DOMContentLoaded", focusTarget);
  // Watching stops while nobody looks: a hidden tab asks for nothing.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.elt.hasAttribute("data-polls")) event.preventDefault();
  });
})();
