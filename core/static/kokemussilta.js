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

// A field that depends on others shows itself only while it is asked for; what it says stands in its help too.
const conditional = [...document.querySelectorAll("[data-show-if]")];

function given(form, name) {
  const asked = [...form.elements].filter((each) => each.name === name && !each.closest("[hidden]"));
  const chosen = asked.filter((each) => each.checked || !["checkbox", "radio"].includes(each.type));
  return chosen.map((each) => each.value.trim()).filter(Boolean);
}

function holds(condition, form) {
  if (!condition) return true;
  if (condition.all) return condition.all.every((part) => holds(part, form));
  if (condition.any) return condition.any.some((part) => holds(part, form));
  const held = given(form, condition.field);
  if (condition.op === "empty") return !held.length;
  if (condition.op === "filled") return held.length > 0;
  const found = condition.values.some((value) => (value ? held.includes(value) : !held.length));
  return condition.op === "is_not" ? !found : found;
}

function showAsked() {
  for (let round = 0; round < conditional.length; round += 1) {
    for (const field of conditional) field.hidden = !holds(JSON.parse(field.dataset.showIf), field.closest("form"));
  }
}

if (conditional.length) {
  showAsked();
  document.addEventListener("input", showAsked);
}

// A page fetched from the browser's own history can be sent again.
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
