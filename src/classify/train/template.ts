/** The first six words, digits folded: prompts that differ in their figures alone are one template. */
export function templateOf(prompt: string): string {
  return prompt
    .slice(0, 1_000)
    .replace(/\p{Nd}+/gu, '0')
    .trim()
    .split(/\s+/u)
    .slice(0, 6)
    .join(' ')
}
