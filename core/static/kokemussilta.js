// Every page works without this. It only spares a step.

// After a form comes back with errors, stand at their summary.
document.querySelector("[data-focus]")?.focus();

// A second press of the same button sends nothing: the server would refuse it anyway, but with a worrying page.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 3000);
});

// What is typed for oneself is one's own: the choice beside it follows.
document.addEventListener("input", (event) => {
  const own = event.target.closest("[data-own]");
  if (own && event.target.value) document.getElementById(own.dataset.own).checked = true;
});

// A page fetched from the browser's own history can be sent again.
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
