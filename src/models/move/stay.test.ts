import { describeMovePolicy } from './policy.suite.ts'
import { stay } from './stay.ts'

describeMovePolicy(stay, { takesNoMove: 'a conversation lives where its first turn went' })
