// Keeps what is typed safe, and says when something takes long or goes wrong. The wizard works without it.
(() => {
  const element = (id) => document.getElementById(id);
  let waiting = 0, timer = 0, changed = false, leaving = false;

  const begin = () => {
    waiting += 1;
    timer ||= setTimeout(() => { element("working").hidden = false; }, 400);
  };
  const end = () => {
    waiting = Math.max(0, waiting - 1);
    if (waiting) return;
    clearTimeout(timer);
    timer = 0;
    element("working").hidden = true;
  };
  const trouble = (isThere) => { element("save-trouble").hidden = !isThere; };
  const asksForStep = (event) => event.target.closest?.("#step-form");

  document.addEventListener("input", (event) => { if (asksForStep(event)) changed = true; });
  document.addEventListener("change", (event) => { if (asksForStep(event)) changed = true; });
  // Of two saves that overtake each other, the one that was sent last is right.
  document.addEventListener("htmx:configRequest", (event) => { event.detail.parameters._sent = Date.now(); });
  document.addEventListener("htmx:beforeRequest", begin);
  document.addEventListener("htmx:afterRequest", (event) => {
    end();
    if (event.detail.successful) changed = false;
    if (event.detail.successful || event.detail.failed) trouble(!event.detail.successful && event.detail.xhr.status !== 409 && event.detail.xhr.status !== 422);
  });
  document.addEventListener("htmx:sendError", () => trouble(true));

  // One click is enough, however slow the answer is.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (leaving) { event.preventDefault(); return; }
    leaving = true;
    if (form.id === "step-form") {
      const sent = Object.assign(document.createElement("input"), { type: "hidden", name: "_sent", value: Date.now() });
      form.append(sent);
    }
    begin();
  });
  addEventListener("pageshow", () => { leaving = false; waiting = 0; end(); });
  // A page that is closed or loaded again in mid-word saves what stands there.
  addEventListener("pagehide", () => {
    const form = element("step-form");
    if (!form || !changed || leaving) return;
    const typed = new FormData(form);
    typed.set("_sent", Date.now());
    navigator.sendBeacon(element("step-fields").getAttribute("hx-post"), typed);
  });
})();
