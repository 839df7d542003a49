// Every 30 seconds the parts that live are fetched anew. Place, focus, and whatever is open or being written stay.
"use strict";

const EVERY = 30000;

function busy(part) {
  const at = document.activeElement;
  const selection = document.getSelection();
  return (
    (at && part.contains(at) && at.matches("input, select, textarea")) ||
    (selection && !selection.isCollapsed && part.contains(selection.anchorNode))
  );
}

function replace(part, anew) {
  const at = document.activeElement;
  const focused = at && part.contains(at) ? at.id || at.getAttribute("href") : null;
  const open = Array.from(part.querySelectorAll("details[open][id]"), (each) => each.id);
  part.replaceWith(anew);
  for (const id of open) {
    const details = document.getElementById(id);
    if (details) details.open = true;
  }
  if (focused) {
    const again = document.getElementById(focused) || anew.querySelector(`[href="${CSS.escape(focused)}"]`);
    if (again) again.focus({ preventScroll: true });
  }
}

async function refresh() {
  if (document.hidden || !document.querySelector("[data-live]")) return;
  let page;
  try {
    const answer = await fetch(location.href, { headers: { "X-Refresh": "1" }, redirect: "manual" });
    if (answer.type === "opaqueredirect") { location.reload(); return; }
    if (!answer.ok) return;
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // the server is away for the moment: what stands, stands
  }
  for (const part of document.querySelectorAll("[data-live]")) {
    const anew = page.getElementById(part.id);
    if (anew && anew.innerHTML !== part.innerHTML && !busy(part)) replace(part, anew);
  }
}

setInterval(refresh, EVERY);
