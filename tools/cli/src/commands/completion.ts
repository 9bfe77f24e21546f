import { Argument, Command } from 'commander';
import type { Streams } from '../streams';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** Prints the completion of a shell. */
export const completionCommand = ({ out }: Streams): Command => {
  const command = new Command('completion');
  return command
    .description('print the completion of a shell: commands, options and environments')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText(
      'after',
      `
Examples:
  source <(npx almanac completion bash)
  npx almanac completion zsh > "\${fpath[1]}/_almanac"
  npx almanac completion fish > ~/.config/fish/completions/almanac.fish`,
    )
    .action((shell: Shell) => {
      out.write(scripts[shell](wordsOf(command.parent!)));
    });
};

/** Each command of the program with what may follow it. */
interface Words {
  readonly name: string;
  readonly description: string;
  readonly words: readonly string[];
}

const wordsOf = (program: Command): Words[] =>
  program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    words: [
      ...command.commands.map((inner) => inner.name()),
      ...command.options.map(({ long }) => long!),
      '--help',
    ],
  }));

/** The names of environments, from the files of the working copy: at once, without asking anybody. */
const environments = String.raw`git ls-files 'clusters/*.yaml' 2>/dev/null | sed -nE 's,^clusters/([^/]+)/(environments/)?([^/]+)\.yaml$,\1/\3,p' | grep -vE '/(cluster|kustomization)$'`;

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const cases = (commands: readonly Words[]): string =>
  commands.map(({ name, words }) => `    ${name}) words=${quoted(words.join(' '))} ;;`).join('\n');

const scripts: Readonly<Record<Shell, (commands: readonly Words[]) => string>> = {
  bash: (commands) => `_almanac() {
  local words current=\${COMP_WORDS[COMP_CWORD]}
  case \${COMP_CWORD}:\${COMP_WORDS[1]} in
    1:*) words=${quoted(commands.map(({ name }) => name).join(' '))} ;;
    *) case \${COMP_WORDS[1]} in
${cases(commands).replace(/^/gm, '  ')}
      esac
      [[ $current == -* ]] || words="$words $(${environments})" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _almanac almanac
`,
  zsh: (commands) => `#compdef almanac
_almanac() {
  local command=$words[2]
  local -a commands=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${description.replaceAll(':', '\\:')}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local choices=''
  case $command in
${cases(commands).replaceAll('words=', 'choices=')}
  esac
  compadd -- \${=choices} $(${environments})
}
compdef _almanac almanac
`,
  fish: (commands) =>
    [
      'complete -c almanac -f',
      ...commands.flatMap(({ name, description, words }) => [
        `complete -c almanac -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
        `complete -c almanac -n '__fish_seen_subcommand_from ${name}' -a ${quoted(words.join(' '))}`,
      ]),
      `complete -c almanac -n 'not __fish_use_subcommand' -a ${quoted(`(${environments})`)}`,
      '',
    ].join('\n'),
};
