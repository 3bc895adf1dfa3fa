// Fetches each part of the page by itself: every part has a time to live of its own, in every cache on the way.
async function load(row) {
  const cell = row.querySelector("[data-made]");
  try {
    const answer = await fetch(row.dataset.part, { cache: "no-cache" });
    cell.textContent = answer.ok ? (await answer.text()).trim() : `not to be had (${answer.status})`;
    const age = answer.headers.get("age");
    row.querySelector("[data-edge]").textContent = (answer.headers.get("x-cache") || "no edge asked") + (age ? `, ${age} s old` : "");
  } catch {
    cell.textContent = "not to be had (no connection)";
  }
}
const reload = () => document.querySelectorAll("tr[data-part]").forEach(load);
document.querySelector("button").addEventListener("click", reload);
reload();
