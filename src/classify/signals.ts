/**
 * Facts of the message beside its patterns, as small named rules. Their weights are modest on purpose: a pattern of
 * the pack (7–15) should outweigh a form of words.
 *
 *   question     6  simple     under 120 characters, begins as a question about facts does (who, when, how many, is …)
 *                3  simple     the same length, only ends in a question mark
 *   acknowledgement  6  simple  "ok", "yes", "tl;dr" and the like alone, as the first text of a conversation
 *   code         6  tactical   a fenced code block
 *   tools        2  tactical   the client offers tools     ┐ weak: they only count beside other evidence, where they
 *   effort       2  simple     effort minimal or low       │ shift the confidence or break a tie
 *                2  strategic  effort xhigh or max         ┘
 *   hint        10  strategic  context requires_planning
 *               10  tactical   context requires_implementation
 *                5  tactical   context urgent
 */
import type { Context } from '../core/message.ts'
import type { Classifiable } from './classifier.ts'
import { isWordUnit } from './characters.ts'
import { WINDOW_CHARS } from './scanner.ts'
import type { Vote } from './verdict.ts'

function vote(className: string, signal: string, detail: string, weight: number): Vote {
  return Object.freeze({ class: className, reason: Object.freeze({ signal, detail, weight }) })
}

const QUESTION_CHARS_MAX = 120

const factual = vote('simple', 'question', 'short question about a fact', 6)
const marked = vote('simple', 'question', 'short text with a question mark', 3)
const acknowledged = vote('simple', 'acknowledgement', 'nothing but an acknowledgement', 6)
const fenced = vote('tactical', 'code', 'fenced code block', 6)
const offered = vote('tactical', 'tools', 'tools offered', 2)
const lowEffort = vote('simple', 'effort', 'low effort asked for', 2)
const highEffort = vote('strategic', 'effort', 'high effort asked for', 2)

/** What the form of a text says. */
export function formVotes(text: string): readonly Vote[] {
  const question = questionVote(text)
  const code = hasFence(text) ? fenced : undefined
  return [question, code].filter((each) => each !== undefined)
}

/** What is known around the text, too weak to stand alone. */
export function weakVotes(message: Classifiable): readonly Vote[] {
  const votes: Vote[] = []
  if (message.tools === true) votes.push(offered)
  if (message.effort === 'low' || message.effort === 'minimal') votes.push(lowEffort)
  if (message.effort === 'xhigh' || message.effort === 'max') votes.push(highEffort)
  return votes
}

const hints: readonly (readonly [names: readonly string[], Vote])[] = [
  [['requires_planning', 'requiresPlanning'], vote('strategic', 'hint', 'requires_planning', 10)],
  [
    ['requires_implementation', 'requiresImplementation'],
    vote('tactical', 'hint', 'requires_implementation', 10),
  ],
  [['urgent'], vote('tactical', 'hint', 'urgent', 5)],
]

/** What the caller says; only `true` counts, so that "false" and 0 do no harm. */
export function hintVotes(context: Context | undefined): readonly Vote[] {
  if (!context) return []
  return hints.filter(([names]) => names.some((name) => context[name] === true)).map(([, vote]) => vote)
}

/** A question about a fact that points at nothing said before: it stands for itself. */
export function isSelfContainedQuestion(text: string): boolean {
  if (questionVote(text) !== factual) return false
  const words = wordsOf(text, QUESTION_CHARS_MAX)
  return words.length >= 3 && !words.some((word) => pointing.has(word))
}

const ACKNOWLEDGEMENT_CHARS_MAX = 40
const ACKNOWLEDGEMENT_WORDS_MAX = 4

/** A few words that ask for nothing. After other texts they may mean "go on": there they are follow-ups. */
export function acknowledgementVotes(text: string): readonly Vote[] {
  if (text.length > ACKNOWLEDGEMENT_CHARS_MAX) return []
  const words = wordsOf(text, ACKNOWLEDGEMENT_WORDS_MAX + 1)
  if (words.length === 0 || words.length > ACKNOWLEDGEMENT_WORDS_MAX) return []
  return words.every((word) => acknowledging.has(word)) ? [acknowledged] : []
}

const wordSet = (words: string): ReadonlySet<string> => new Set(words.split(' '))
const factWords = wordSet("who who's whom whose what what's whats when where which")
const factVerbs = wordSet('is are was were does did has have do')
const amounts = wordSet('many much old tall far long big high deep often large')
/** A question that begins so asks for thought or work, not for a fact. */
const thoughtWords = wordSet('why how should could would can shall may might will')
const acknowledging = wordSet(
  'ok okay k kk yes yep yeah yup no nope nah sure cool nice great perfect fine good awesome excellent lovely ' +
    "right alright agreed understood noted got it sounds looks all that's lgtm roger makes sense fair enough " +
    'point idea correct exactly true done wow hmm please tl dr tldr ' +
    'ja nein gut oui non sí si bien vale sim não да нет',
)
const pointing = wordSet(
  'it its this that these those them they he she one ones about next else then now we you your our',
)

function questionVote(text: string): Vote | undefined {
  if (text.length >= QUESTION_CHARS_MAX) return undefined
  const asked = endsInQuestionMark(text)
  const [first = '', second = ''] = wordsOf(text, 2)
  if (factWords.has(first)) return factual
  if (first === 'how' && amounts.has(second)) return factual
  if (!asked || thoughtWords.has(first)) return undefined
  return factVerbs.has(first) ? factual : marked
}

function endsInQuestionMark(text: string): boolean {
  const last = text.trimEnd().at(-1)
  return last === '?' || last === '？' || last === '؟'
}

/** Only for short texts: the first words in lower case, apostrophes inside. */
function wordsOf(text: string, wordsMax: number): readonly string[] {
  const words: string[] = []
  let word = ''
  for (const character of `${text.toLowerCase().replaceAll('’', "'")} `) {
    if (isWordUnit(character.charCodeAt(0)) || (character === "'" && word)) word += character
    else if (word) {
      if (words.push(word) === wordsMax) break
      word = ''
    }
  }
  return words
}

function hasFence(text: string): boolean {
  if (text.length <= 2 * WINDOW_CHARS) return text.includes('```')
  return text.slice(0, WINDOW_CHARS).includes('```') || text.slice(-WINDOW_CHARS).includes('```')
}
