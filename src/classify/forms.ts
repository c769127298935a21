/**
 * The forms of an English word that a pattern stands for: plural, -ing, -ed, in British and American spelling.
 * Rules rather than a dictionary: a form that no writer uses costs a few bytes and matches nothing. What must not
 * happen is that a form is another word, so the risky rules (-our, -re) work from lists.
 */

/** @param word lower case. Words with other letters than a–z, and those of one or two, have only themselves. */
export function formsOf(word: string): readonly string[] {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return [word]
  const forms = new Set<string>()
  for (const spelling of spellingsOf(word)) for (const form of inflections(spelling)) forms.add(form)
  return [...forms]
}

/** The forms that two spellings or cases of one word share: equal for both, so patterns can be compared by it. */
export function canonicalForm(word: string): string {
  return spellingsOf(word).reduce((least, spelling) => (spelling < least ? spelling : least))
}

/** -ise and -ize, -yse and -yze, with their endings. Groups: stem, s or z, rest. */
const otherEnding = /^(.*[iy])([sz])(e|es|ed|ing|er|ers|ations?)$/

/** Words in -our or -or, with whatever follows: behavioural, favorite. Groups: stem, u, rest. */
const ourWord =
  /^(arm|behavi|cand|clam|col|demean|endeav|fav|ferv|flav|glam|harb|hon|hum|lab|neighb|od|parl|ranc|rig|rum|sav|splend|succ|tum|val|vap|vig)o(u?)r(.*)$/

const pairs = new Map<string, string>(
  [
    ['artefact', 'artifact'],
    ['calibre', 'caliber'],
    ['catalogue', 'catalog'],
    ['centre', 'center'],
    ['defence', 'defense'],
    ['dialogue', 'dialog'],
    ['analogue', 'analog'],
    ['enrol', 'enroll'],
    ['fibre', 'fiber'],
    ['fulfil', 'fulfill'],
    ['grey', 'gray'],
    ['instalment', 'installment'],
    ['judgement', 'judgment'],
    ['kilometre', 'kilometer'],
    ['licence', 'license'],
    ['litre', 'liter'],
    ['metre', 'meter'],
    ['offence', 'offense'],
    ['practise', 'practice'],
    ['programme', 'program'],
    ['sceptic', 'skeptic'],
    ['theatre', 'theater'],
  ].flatMap(([one = '', other = '']) => [[one, other] as const, [other, one] as const]),
)

function spellingsOf(word: string): readonly string[] {
  const spellings = [word]
  const pair = pairs.get(word)
  if (pair) spellings.push(pair)
  const our = ourWord.exec(word)
  if (our) spellings.push(`${our[1]}${our[2] ? 'or' : 'our'}${our[3]}`)
  // "rise" and "size" are not spelled otherwise; from five letters on the other spelling is at worst no word.
  const ending = word.length < 5 ? null : otherEnding.exec(word)
  if (ending) spellings.push(`${ending[1]}${ending[2] === 's' ? 'z' : 's'}${ending[3]}`)
  const doubled = /^(.*e)(ll?)(ing|ed|er)$/.exec(word)
  if (doubled) spellings.push(`${doubled[1]}${doubled[2] === 'l' ? 'll' : 'l'}${doubled[3]}`)
  return spellings
}

const vowels = 'aeiou'
const isVowel = (letter: string | undefined): boolean => letter !== undefined && vowels.includes(letter)

function inflections(word: string): readonly string[] {
  // Already inflected, unless the word only ends that way (bring, need).
  if (word.length > 5 && word.endsWith('ing')) return [word, `${word}s`]
  if (word.length > 4 && word.endsWith('ed') && !word.endsWith('eed')) return [word]
  if (word.endsWith('is')) return [word, `${word.slice(0, -2)}es`]
  if (word.endsWith('s') && !/[sua]s$/.test(word)) return [word]
  return [word, ...plurals(word), ...participles(word)]
}

function plurals(word: string): readonly string[] {
  if (/(s|x|z|ch|sh)$/.test(word)) return [`${word}es`]
  if (word.endsWith('o')) return [`${word}s`, `${word}es`]
  if (endsInConsonantAndY(word)) return [`${word.slice(0, -1)}ies`]
  return [`${word}s`]
}

function participles(word: string): readonly string[] {
  const stem = word.slice(0, -1)
  if (endsInConsonantAndY(word)) return [`${word}ing`, `${stem}ied`]
  if (word.endsWith('ie')) return [`${word.slice(0, -2)}ying`, `${word}d`]
  if (/[eoy]e$/.test(word)) return [`${word}ing`, `${word}d`]
  if (word.endsWith('e')) return [`${stem}ing`, `${word}d`]
  if (word.endsWith('c')) return [`${word}ing`, `${word}ed`, `${word}king`, `${word}ked`]
  const plain = [`${word}ing`, `${word}ed`]
  if (!endsInSingleConsonant(word)) return plain
  const last = word.at(-1) ?? ''
  const doubled = [`${word}${last}ing`, `${word}${last}ed`]
  // "plan" always doubles; in longer words the stress decides (commit, open), so both are taken.
  return syllables(word) === 1 ? doubled : [...doubled, ...plain]
}

function endsInConsonantAndY(word: string): boolean {
  return word.endsWith('y') && !isVowel(word.at(-2))
}

/** One consonant that may double, after one vowel, after a consonant: plan, debug; not fix, read, test. */
function endsInSingleConsonant(word: string): boolean {
  const last = word.at(-1) ?? ''
  return !isVowel(last) && !'wxy'.includes(last) && isVowel(word.at(-2)) && !isVowel(word.at(-3))
}

function syllables(word: string): number {
  let count = 0
  for (let index = 0; index < word.length; index++)
    if (isVowel(word[index]) && !isVowel(word[index - 1])) count++
  return count
}
