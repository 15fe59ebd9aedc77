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

// A page fetched from the browser's own history can be sent again.
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
