/**
 * Makes an element. Children that are not nodes become text: what a message says never goes as HTML.
 * Attributes that are undefined or false are left out; `on` holds listeners.
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    if (name === 'on')
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener)
    else if (name === 'class') node.className = value
    else node.setAttribute(name, value === true ? '' : String(value))
  }
  node.append(...children.filter((child) => child !== undefined && child !== null && child !== false))
  return node
}

/** Sets text only where it differs: a screen reader then hears changes, and selections survive. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text
}

export function byId(id) {
  return document.getElementById(id)
}

/** A command line with a button that copies it. */
export function commandLine(command) {
  const button = element('button', { class: 'button small', type: 'button' }, 'Copy')
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(command)
      setText(button, 'Copied')
    } catch {
      // No clipboard without a secure context: the text can still be selected.
      setText(button, 'Select and copy')
    }
  })
  return element('div', { class: 'command' }, element('code', {}, command), button)
}
