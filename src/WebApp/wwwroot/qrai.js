// What Blazor has no part for: storage, keys of an input method, scrolling with the text, the clipboard, files.

const NEAR = 80; // px from the end at which a view counts as being at the end

// A browser may refuse storage, or have no more space; then a value stays as long as the page.
const unstored = new Map();

export function read(storage, name) {
  try {
    return window[storage].getItem(name) ?? unstored.get(name) ?? null;
  } catch {
    return unstored.get(name) ?? null;
  }
}

export function write(storage, name, value) {
  unstored.delete(name);
  try {
    if (value === null) window[storage].removeItem(name);
    else window[storage].setItem(name, value);
  } catch {
    if (value !== null) unstored.set(name, value);
  }
}

export const signInSettings = () => document.querySelector("meta[name=qrai-sign-in]")?.content ?? null;

export const confirm = question => window.confirm(question);

export const language = () => document.documentElement.lang;

export function setLanguage(language) {
  document.documentElement.lang = language;
}

// Enter sends, but never while an input method composes; drafts are kept at every key.
export function attachComposer(box, page) {
  const fit = () => {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, window.innerHeight / 3)}px`;
  };
  box.addEventListener("input", () => {
    fit();
    keepDraft(box);
  });
  box.addEventListener("keydown", event => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    page.invokeMethodAsync("SubmitAsync");
  });
  box.fit = fit;
}

function keepDraft(box) {
  const name = box.dataset.draft;
  if (name) write("localStorage", name, box.value === "" ? null : box.value);
}

export const textOf = box => box.value;

export function setText(box, text, focus) {
  box.value = text;
  keepDraft(box);
  box.fit?.();
  if (focus) {
    box.focus();
    box.setSelectionRange(text.length, text.length);
  }
}

export function loadDraft(box, name) {
  box.dataset.draft = name;
  box.value = read("localStorage", name) ?? "";
  box.fit?.();
}

export function moveDraft(box, name) {
  write("localStorage", box.dataset.draft, null);
  box.dataset.draft = name;
  keepDraft(box);
}

// Follows the end of a view while it grows, unless somebody has scrolled away.
export function followEnd(view) {
  let atEnd = true;
  view.addEventListener("scroll", () => {
    atEnd = view.scrollHeight - view.scrollTop - view.clientHeight < NEAR;
  });
  new ResizeObserver(() => {
    if (atEnd) view.scrollTop = view.scrollHeight;
  }).observe(view.firstElementChild);
  view.toEnd = () => {
    atEnd = true;
    view.scrollTop = view.scrollHeight;
  };
  view.toEnd();
}

export const toEnd = view => view.toEnd?.();

// Buttons within rendered Markdown.
export function attachMarkdown(view, page) {
  view.addEventListener("click", event => {
    const button = event.target.closest(".copy");
    if (button) {
      copy(button.parentElement.querySelector("pre").innerText).then(() => page.invokeMethodAsync("Copied"));
      return;
    }
    const marker = event.target.closest(".marker");
    if (marker) {
      const message = marker.closest("[data-message]");
      page.invokeMethodAsync("OpenSource", message.dataset.message, Number(marker.dataset.number));
    }
  });
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers have no clipboard for pages without TLS.
    const box = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
}

export function showDialog(dialog) {
  if (!dialog.open) dialog.showModal();
}

export const closeDialog = dialog => dialog.close();

export function focus(element) {
  element?.focus();
}

export async function saveFile(name, stream) {
  const url = URL.createObjectURL(new Blob([await stream.arrayBuffer()]));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

export function scrollIntoView(element) {
  element?.scrollIntoView({ block: "center" });
}
