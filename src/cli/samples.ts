/**
 * What the demonstration sends: conversations of one or two turns, as people and agents write them. The second
 * turn often says little by itself ("yes, do that"), as in life.
 */
export type Conversation = readonly [first: string, followUp?: string]

export const conversations: readonly Conversation[] = [
  // What takes thought: plans, comparisons, investigations.
  ['Plan the route for an any% speedrun of Pokemon Red, from the starter to the Hall of Fame.', 'Go on.'],
  ['Compare the two approaches to the Mt. Moon skip and recommend one for a new runner.'],
  ['What is our overall strategy for badge order if Surge’s gym costs us four minutes?'],
  ['Analyse why the last three runs lost time in Silph Co. and suggest a better strategy.', 'Yes, do that.'],
  ['Evaluate the options for the final fight: level 58 with one healer, or level 62 with none.'],
  ['Investigate which encounters we can avoid with repels, and what that does to our levels.'],
  ['Give me an overview of the architecture before we add a second region to the service.'],
  [
    'We need a plan to move forty services from one message broker to another without downtime.',
    'And the risks?',
  ],
  ['Compare event sourcing and plain tables for an audit log that lawyers will read.'],
  ['Recommend an approach to sharding a table of nine billion rows that must stay queryable.'],
  ['Research how other teams roll back a schema change that is half done, and summarise it.'],
  [
    'Design the permissions of a product that is sold to schools, districts and states.',
    'What would you cut first?',
  ],
  ['Form a hypothesis for the drop in conversions since Tuesday, and an experiment that tests it.'],
  ['How should we improve the on-call rotation so that nobody is woken twice in a week?'],
  ['Evaluate the options for encrypting backups that three companies must be able to open.'],
  ['Optimise our cloud spending: where would you look first, and why?'],
  ['Suggest a strategy for teaching regression to people who are afraid of mathematics.'],
  ['Which of these three grant proposals is the strongest, and what is the weakest point of each?'],
  ['Study the incident reports of the year and tell me what they have in common.', 'Keep it to five points.'],
  ['Refactor the domain model so that orders and returns share what they truly share.'],

  // What is work at hand: code, tests, tools, the emulator.
  [
    'Write a function that reads the tile grid around the player from the emulator’s memory.',
    'Now add a test.',
  ],
  ['The checkpoint after Cerulean is not loaded when the save state is older than the script. Fix it.'],
  ['Press A until the dialog ends, then walk to the gym and save the state.'],
  ['Implement the input sequence for the ledge jump on Route 3.'],
  ['Debug this: TypeError: Cannot read properties of undefined (reading "frames")'],
  ['Create a unit test for the parser that covers empty input and a missing bracket.'],
  ['Add a method to the Inventory class that counts items by kind.', 'Use a Map.'],
  ['The build fails with exit code 137 on the second stage. What do I change in the Dockerfile?'],
  [
    'Modify the code below so that retries stop after the deadline.\n```ts\nwhile (true) await attempt()\n```',
  ],
  ['Execute the migration on the staging database and show me the rows that it changed.'],
  ['Write a SQL query for the ten customers with the longest time between two orders.'],
  [
    'Troubleshoot the websocket: it closes after exactly sixty seconds without an error.',
    'It is behind nginx.',
  ],
  ['Convert this class to functions and keep the public names.'],
  ['Run the linter and fix what it finds in src/queue.'],
  ['The test "keeps the order" fails one time in fifty. Find the race.'],
  ['Develop a small command-line script that renames photos by the day they were taken.'],
  ['Add an exception for expired tokens and map it to status 401.'],
  ['Build a form with three fields and validation, without a framework.', 'Make the errors accessible.'],
  ['My regex matches too much: /a.*b/ on "a1b a2b". What should it be?'],
  ['Write the bash loop that unpacks every archive into a folder of its own.'],
  ['Implement a ring buffer with push, pop and a fixed capacity, with doc comments.'],
  ['The function below leaks a listener on every call; where?\n```js\nemitter.on("x", () => f())\n```'],

  // What is quickly answered.
  ['Hello!', 'Thanks, that is all.'],
  ['Thanks a lot, have a good evening.'],
  ['What is the capital of Burkina Faso?'],
  ['Translate "the train leaves at nine" into Italian.', 'And into Portuguese?'],
  ['Who wrote The Dispossessed?'],
  ['How many litres are in a gallon?'],
  ['Rewrite this sentence so that it is polite: Send me the file now.'],
  ['List the planets from the sun outwards.'],
  ['What does HTTP 418 mean?'],
  ['Format these names as a comma-separated list: Ada, Grace, Edsger, Barbara.'],
  ['What type is super effective against Water?'],
  ['Good morning, are you there?'],
  ['Shorten this to one line: We are sorry that the lift is out of order again today.'],
  ['When is the next leap year?'],
  ['Translate into French: Where is the gym leader?'],
  ['Spell "accommodation".'],
  ['What is 15 percent of 240?'],
  ['Rephrase: The results was not so good as we have hoped.', 'More formal, please.'],
  ['List three synonyms of "quick".'],
  ['Which year did the Berlin Wall fall?'],

  // What says nothing by its words.
  ['My neighbour’s cat sits on my car every morning and stares at me.'],
  ['I have been thinking about the sea lately.', 'Tell me more.'],
  ['The committee met again on Thursday; here are the minutes, as agreed.'],
  ['Somebody left a red umbrella in meeting room four.'],
]
