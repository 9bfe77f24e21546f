export { linkNodeModules } from './release/worktree';
export { kubeconfigOf, reach } from './find-cluster';
