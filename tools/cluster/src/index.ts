export { linkNodeModules } from './release/worktree';
