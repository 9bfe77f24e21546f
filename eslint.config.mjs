import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import typescript from 'typescript-eslint';

const tests = ['**/*.test.ts', '**/test/**', '**/*.conformance.ts', 'packages/testkit/**', 'tests/**'];
const defaultExports = ['tests/setup/**', '*.config.{ts,mjs,js}', '**/vite.config.ts'];

const environment = {
  object: 'process',
  property: 'env',
  message: 'Only packages/config reads the environment: take a setting as an argument.',
};

/** What would make a pure function give another answer the second time. */
const impure = [
  { object: 'Date', property: 'now', message: 'Take the clock as an argument.' },
  { object: 'Math', property: 'random', message: 'Take the random value as an argument.' },
];
const dateOfNow = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: 'Take the clock as an argument.',
};

export default defineConfig(
  { ignores: ['**/dist/', '**/coverage/', '**/.cache/', '**/node_modules/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [typescript.configs.strictTypeChecked, typescript.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['*.ts', 'services/*/*.config.ts'] } },
    },
    rules: {
      // Numbers read well in messages; everything else has to be turned into text on purpose.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off', // `() => void f()` for `() => f()` says nothing more
      '@typescript-eslint/no-non-null-assertion': 'off', // the compiler can't know that an aggregate has one row
      '@typescript-eslint/unbound-method': 'off', // ports are taken apart: `({ transaction, clock }) => …`
      '@typescript-eslint/no-invalid-void-type': 'off', // it doesn't know conditional types
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off', // TypeORM takes plain objects for its classes
      'no-control-regex': 'off', // input checks are about control characters
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    ignores: defaultExports,
    rules: {
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } },
      ],
      'no-restricted-imports': ['error', { paths: [{ name: 'process' }, { name: 'node:process' }] }],
    },
  },
  {
    files: ['{packages,services,tools}/**/*.{ts,tsx}'],
    ignores: ['packages/config/**', ...tests],
    rules: { 'no-restricted-properties': ['error', environment] },
  },
  {
    files: ['packages/*-domain/src/**/*.ts', 'services/*/src/use-cases/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-properties': ['error', environment, ...impure],
      'no-restricted-syntax': ['error', dateOfNow],
    },
  },
  {
    files: tests,
    rules: {
      // Stand-ins that do nothing, where the real thing does something and takes its time.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['**/*.{mjs,js}'],
    languageOptions: {
      globals: { console: 'readonly', process: 'readonly', URL: 'readonly', setTimeout: 'readonly' },
    },
  },
  {
    files: ['**/*.js'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { require: 'readonly', module: 'writable', __dirname: 'readonly' },
    },
  },
);
