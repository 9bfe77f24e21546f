export { linkNodeModules } from './release/worktree';
export { kubeconfigOf } from './find-cluster';
