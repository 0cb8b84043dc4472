/* Comfort for the acts of a case: the people of the chosen unit only. Without script all are offered, by unit. */
"use strict";
(() => {
  const unit = document.querySelector("select#department"), person = document.querySelector("select#handler");
  if (!unit || !person) return;
  const groups = Array.from(person.querySelectorAll("optgroup"));
  const chosen = () => (unit.value ? unit.selectedOptions[0].textContent.split("　")[0] : "");
  // a unit with one handler alone: that person is proposed
  const sole = JSON.parse(unit.form.dataset.handlers || "{}");
  const narrow = () => {
    const name = chosen();
    groups.forEach((group) => {
      const other = Boolean(name) && group.label !== name;
      group.hidden = other;
      group.disabled = other;
    });
    const option = person.selectedOptions[0];
    if (option && option.parentElement.disabled) person.value = "";
    if (!person.value && sole[unit.value]) person.value = sole[unit.value];
    const fitting = groups.find((group) => group.label === name);
    if (!person.value && fitting && fitting.children.length === 1) person.value = fitting.children[0].value;
  };
  unit.addEventListener("change", narrow);
  person.addEventListener("change", () => {
    const group = person.selectedOptions[0].parentElement;
    if (unit.value || group.tagName !== "OPTGROUP") return;
    const option = Array.from(unit.options).find((each) => each.textContent.split("　")[0] === group.label);
    if (option) { unit.value = option.value; narrow(); }
  });
  if (unit.value) narrow();
})();
