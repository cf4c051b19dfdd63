/** Shows a message that is in the page, and puts the focus on it. */
export function focusMessage(id: string): void {
  const element = document.getElementById(`message-${id}`);
  element?.scrollIntoView({ block: 'nearest' });
  element?.focus({ preventScroll: true });
}

/** Moves the focus from message to message. */
export function moveFocus(event: KeyboardEvent): void {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const from = event.target instanceof Element ? event.target.closest('[data-sequence]') : null;
  if (step === undefined || !from) return;
  const all = [...document.querySelectorAll<HTMLElement>('[data-sequence]')];
  const next = all[all.indexOf(from as HTMLElement) + step];
  if (!next) return;
  event.preventDefault();
  focusMessage(next.id.replace('message-', ''));
}
