#!/usr/bin/env node
'use strict';
// The sources are TypeScript; ts-node compiles them with swc as they are loaded.
const { join } = require('node:path');
require('ts-node').register({ project: join(__dirname, '../tsconfig.json') });
require('../src/main.ts');
