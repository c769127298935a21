const CHARACTERS_A_TOKEN = 4

/** What an answer of this length comes to, where the worker does not tell: 0 would be read as free. */
export function estimatedTokens(writtenChars: number): number {
  return Math.ceil(writtenChars / CHARACTERS_A_TOKEN)
}
