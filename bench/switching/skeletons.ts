/**
 * What people say to agents, written by hand: the order of the asks, how much work each one is, where a sub-agent is
 * sent out and where the history is summed up. The rest (files, logs, drafts) is filler that is drawn by seed.
 */
export type Field = 'coding' | 'ops' | 'writing'

export interface SkeletonTurn {
  readonly say: string
  /** How often the agent calls a tool before it answers: at least, at most. */
  readonly steps: readonly [number, number]
  /** Tokens that a tool's result adds, and that the model writes a request. */
  readonly result: number
  readonly output: number
  /** A helper with a prefix of its own does a part of it. */
  readonly subagent?: string
  /** The client sums the history up before this turn. */
  readonly compacted?: true
}

export interface Skeleton {
  readonly field: Field
  /** Tokens of system prompt, tools, and what is pasted at the start. */
  readonly context: readonly [number, number]
  readonly turns: readonly SkeletonTurn[]
}

type Size = 'word' | 'small' | 'middle' | 'large'

/** Steps, tokens a result, tokens a request of output. */
const sizes: Readonly<Record<Size, readonly [readonly [number, number], number, number]>> = {
  word: [[0, 0], 0, 120],
  small: [[0, 2], 900, 250],
  middle: [[2, 6], 1_800, 400],
  large: [[4, 10], 2_600, 600],
}

function turn(size: Size, say: string, more: Partial<SkeletonTurn> = {}): SkeletonTurn {
  const [steps, result, output] = sizes[size]
  return { say, steps, result, output, ...more }
}

const word = (say: string, more?: Partial<SkeletonTurn>): SkeletonTurn => turn('word', say, more)
const small = (say: string, more?: Partial<SkeletonTurn>): SkeletonTurn => turn('small', say, more)
const middle = (say: string, more?: Partial<SkeletonTurn>): SkeletonTurn => turn('middle', say, more)
const large = (say: string, more?: Partial<SkeletonTurn>): SkeletonTurn => turn('large', say, more)

export const skeletons: readonly Skeleton[] = [
  {
    field: 'coding',
    context: [24_000, 90_000],
    turns: [
      large("The login page shows a blank screen since yesterday's deploy. Find out why and fix it.", {
        subagent: 'Search the repository for every place where the session cookie is read and list them.',
      }),
      middle('Write a unit test for the expired session.'),
      small('Run the tests again.'),
      word('Summarise what you changed.'),
      small('Commit it.'),
      word('Thanks!'),
    ],
  },
  {
    field: 'coding',
    context: [35_000, 140_000],
    turns: [
      large('Analyze the architecture of the importer and propose how to split it.', {
        subagent: 'Read the importer and list the functions that touch the database.',
      }),
      word('Which of the two designs would you choose, and what are the trade-offs?'),
      large('Implement the first one: refactor the module so that parsing and validation are apart.'),
      small('Now rename the old class everywhere.'),
      small('Format the files.'),
      middle('Debug the flaky test in the import suite.', { compacted: true }),
      small('Run everything once more.'),
      word('What is the status?'),
      word('Great, thank you.'),
    ],
  },
  {
    field: 'coding',
    context: [20_000, 60_000],
    turns: [
      small('What does the retry loop in the client do?'),
      word('Explain the difference between the two back-off modes.'),
      middle('Add a flag --dry-run to the command.'),
      small('Update the help text.'),
      word('ok'),
    ],
  },
  {
    field: 'coding',
    context: [40_000, 130_000],
    turns: [
      large('Implement the export endpoint as we discussed.', {
        subagent: 'Find out how the other endpoints check permissions and report the pattern.',
      }),
      large('Optimise the query that it uses; it takes nine seconds with the real data.'),
      middle('Write tests for the empty and the very large export.'),
      small('Fix the lint errors.'),
      small('Show me the diff.'),
      word('Translate the error messages into German.'),
      large('Now design a caching strategy for it and weigh its risks.'),
      middle('Implement the cache.'),
      small('Run the tests.'),
      word('Summarise the work for the pull request.'),
      word('Thanks!'),
    ],
  },
  {
    field: 'coding',
    context: [22_000, 100_000],
    turns: [
      word('List the modules that still use the old date library.'),
      middle('Replace it in the first three.'),
      middle('Replace it in the others.'),
      middle('Fix the two tests that fail now.'),
      small('Remove the dependency.'),
      small('Commit it.'),
      word('Make the commit message shorter.'),
    ],
  },
  {
    field: 'ops',
    context: [24_000, 110_000],
    turns: [
      large('The nightly backup failed on three hosts. Investigate the root cause.', {
        subagent: 'Collect the last errors of the backup service on each host and list them.',
      }),
      middle('Restart the service and check that it is healthy.'),
      large('Review the incident, compare the ways to prevent it, and recommend a strategy.'),
      small('Update the runbook.'),
      word('Format it as a table.'),
      word('Thanks!'),
    ],
  },
  {
    field: 'ops',
    context: [20_000, 70_000],
    turns: [
      word('What is the status of the cluster?'),
      small('List the pods that restarted today.'),
      middle('Debug the one that restarts most.'),
      middle('Raise its memory limit and deploy.'),
      small('Check it again.'),
      word('ok'),
      small('List the restarts once more.'),
    ],
  },
  {
    field: 'ops',
    context: [35_000, 130_000],
    turns: [
      large(
        "Let's plan the migration of the billing database. Compare the options and recommend a strategy.",
      ),
      large('Evaluate the risks of doing it without downtime, and design the rollback.', {
        subagent: 'Measure the size of each table and list those that are larger than a gigabyte.',
      }),
      middle('Write the first migration script.'),
      middle('Run it on the staging copy.'),
      middle('Fix the constraint that failed.', { compacted: true }),
      small('Run it again.'),
      word('Summarise the timings.'),
      small('Write the announcement for the users.'),
      word('Make it shorter.'),
      word('Great, thank you.'),
    ],
  },
  {
    field: 'ops',
    context: [20_000, 80_000],
    turns: [
      middle('Write an alert for the queue depth.'),
      small('Test it with the data of last week.'),
      small('Lower the threshold by a fifth.'),
      word('What does the expression mean?'),
      small('Deploy it.'),
    ],
  },
  {
    field: 'ops',
    context: [30_000, 120_000],
    turns: [
      large('Investigate why the deploys have become twice as slow, and analyze where the time goes.'),
      middle('Cache the dependencies in the pipeline.'),
      small('Run the pipeline.'),
      word('yes, do that'),
      middle('Split the slow test job in two.'),
      small('Run it again.'),
      word('List the times before and after.'),
      large('Evaluate the overall design of the pipeline and propose a simpler one.'),
      middle('Implement the proposal on a branch.'),
      small('Show me the diff.'),
      word('Thanks!'),
    ],
  },
  {
    field: 'writing',
    context: [22_000, 90_000],
    turns: [
      middle('Draft the second chapter from these notes.'),
      word('Make it shorter.'),
      word('Fix the typos in the first paragraph.'),
      small('Write a better opening.'),
      word('Translate the summary into French.'),
      word('Thanks!'),
    ],
  },
  {
    field: 'writing',
    context: [40_000, 140_000],
    turns: [
      large(
        'Evaluate whether the argument of this report holds, and suggest a different structure for the whole.',
        {
          subagent: 'List the sources that the report cites, with the page where each one is used.',
        },
      ),
      large('Rewrite the report in the new structure.'),
      word('Format the references.'),
      word('Rewrite the title.'),
      middle('Write the executive summary.'),
      word('Make it shorter.'),
      word('Translate it into Spanish.'),
      word('Great, thank you.'),
    ],
  },
  {
    field: 'writing',
    context: [20_000, 60_000],
    turns: [
      word('Summarise this interview.'),
      word('List the open questions.'),
      small('Write an email that asks them.'),
      word('Make it friendlier.'),
      word('ok'),
    ],
  },
  {
    field: 'writing',
    context: [28_000, 120_000],
    turns: [
      large('Compare the three proposals, weigh their trade-offs, and recommend one.'),
      word('What would change your recommendation?'),
      middle('Write the decision memo.'),
      word('Format the costs as a table.'),
      small('Write the answer to the two others.'),
      word('Fix the spelling.'),
      word('Thanks!'),
    ],
  },
]
