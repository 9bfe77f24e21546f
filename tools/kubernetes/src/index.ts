export { isBuilt, MissingTool, moduleFiles, program } from './build';
export { cacheDirectory } from './cache-directory';
export { moduleOf, programNames, type ModuleName, type ProgramName } from './programs';
