"""`kubetrial completion SHELL`: a completion script, made from the commands and options that there are.

What a script cannot hold, because it depends on the user's rules, it asks of `kubetrial rules --output-format names`.
"""

from __future__ import annotations

import argparse

from kubetrial.lint.values.records import dataclass

RULES = "rules"
FILES = "files"
FOLDERS = "folders"
_RULE_OPTIONS = ("--select", "--ignore")
_FOLDER_OPTIONS = ("--rules", "--schema-dir", "--to")


@dataclass(frozen=True, slots=True)
class Word:
    """An option or an argument: its spellings (none for an argument), what it says, what follows it.

    `values` are words to choose from; `follows` is RULES, FILES, FOLDERS, `value` for any other, or empty for a flag.
    """

    names: tuple[str, ...]
    help: str
    values: tuple[str, ...] = ()
    follows: str = ""


def commands(top: argparse.ArgumentParser) -> dict[str, tuple[str, tuple[Word, ...]]]:
    """Command -> its help and its words; the empty name holds those of the top."""
    found = {"": ("", tuple(_words(top, "")))}
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, one in action.choices.items():
                found[name] = (helps.get(name, ""), tuple(_words(one, name)))
    return found


def _words(parser: argparse.ArgumentParser, command: str) -> list[Word]:
    words = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            words.append(Word((), "", tuple(action.choices)))
            if command:  # the actions of a command: what they take stands in its place
                words += [
                    word
                    for one in action.choices.values()
                    for word in _words(one, "")
                    if word.names != ("-h", "--help")
                ]
            continue
        names = tuple(action.option_strings)
        values = tuple(map(str, action.choices or ())) or _known_values(names)
        words.append(Word(names, " ".join((action.help or "").split()), values, _follows(action, command, values)))
    return words


def _known_values(names: tuple[str, ...]) -> tuple[str, ...]:
    """Words that an option knows but that argparse does not judge."""
    if "--scenario" in names:
        from kubetrial.lint.command.run import spoken_names

        return (*spoken_names(), "list")
    if "--kubernetes-version" in names:
        from kubetrial.schemas.minors import NEWEST, OLDEST

        return tuple(f"1.{minor}" for minor in range(OLDEST, NEWEST + 1))
    return ()


def _follows(action: argparse.Action, command: str, values: tuple[str, ...]) -> str:
    names = tuple(action.option_strings)
    if action.nargs == 0:
        return ""
    if any(name in _RULE_OPTIONS for name in names) or (command == "explain" and not names):
        return RULES
    if any(name in _FOLDER_OPTIONS for name in names):
        return FOLDERS
    if values and "--scenario" not in names:
        return "value"
    return FILES if not names or "--scenario" in names or "FILE" in str(action.metavar) else "value"


def script(shell: str, top: argparse.ArgumentParser) -> str:
    """The script for bash, zsh or fish; raises KeyError for another shell."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](commands(top))


# --- bash ------------------------------------------------------------------------------------------------------------------------


def _bash(known: dict[str, tuple[str, tuple[Word, ...]]]) -> str:
    names = " ".join(name for name in known if name)
    branches = [_bash_command(name, words) for name, (_, words) in known.items() if name]
    return f"""\
# Completion of kubetrial for bash: eval "$(kubetrial completion bash)"
_kubetrial() {{
  local cur="${{COMP_WORDS[COMP_CWORD]}}" prev="${{COMP_WORDS[COMP_CWORD-1]}}" command="" word options=""
  COMPREPLY=()
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case " {names} " in *" $word "*) command="$word"; break ;; esac
  done
  _kubetrial_rules() {{ kubetrial rules --output-format names 2>/dev/null; }}
  case "$command" in
{"".join(branches)}    *)
      COMPREPLY=($(compgen -W "{names} {" ".join(_options(known[""][1]))}" -- "$cur")); return ;;
  esac
  if [[ "$cur" == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$cur")); fi
}}
complete -o bashdefault -o default -F _kubetrial kubetrial
"""


def _bash_command(name: str, words: tuple[Word, ...]) -> str:
    cases = []
    for word in words:
        reply = _bash_reply(word)
        if word.names and reply:
            cases.append(f"        {'|'.join(word.names)}) {reply} return ;;\n")
    arguments = [word for word in words if not word.names]
    own = next((reply for word in arguments if (reply := _bash_reply(word))), "")
    bare = f'      if [[ "$cur" != -* ]]; then {own} return; fi\n' if own else ""
    return (
        f"    {name})\n"
        f'      options="{" ".join(_options(words))}"\n'
        f'      case "$prev" in\n{"".join(cases)}        *) ;;\n      esac\n{bare}      ;;\n'
    )


def _bash_reply(word: Word) -> str:
    """What fills COMPREPLY behind an option; empty where files are completed anyway, or nothing follows."""
    if word.values:
        files = ' $(compgen -f -- "$cur")' if word.follows == FILES else ""
        return f'COMPREPLY=($(compgen -W "{" ".join(word.values)}" -- "$cur"){files});'
    if word.follows == RULES:
        return 'COMPREPLY=($(compgen -W "$(_kubetrial_rules)" -- "$cur"));'
    if word.follows == FOLDERS:
        return 'COMPREPLY=($(compgen -d -- "$cur"));'
    return ":;" if word.follows and word.names else ""


def _options(words: tuple[Word, ...]) -> list[str]:
    return [name for word in words for name in word.names]


# --- zsh -------------------------------------------------------------------------------------------------------------------------


def _zsh(known: dict[str, tuple[str, tuple[Word, ...]]]) -> str:
    described = "\n".join(f"    {_quoted(f'{name}:{help}')}" for name, (help, _) in known.items() if name)
    branches = "".join(
        f"    {name})\n      _arguments -s {' '.join(_zsh_words(words))} ;;\n"
        for name, (_, words) in known.items()
        if name
    )
    return f"""\
#compdef kubetrial
# Completion of kubetrial for zsh: eval "$(kubetrial completion zsh)", or this text as _kubetrial in a folder of $fpath
_kubetrial_rules() {{
  local -a rules
  rules=(${{(f)"$(kubetrial rules --output-format names 2>/dev/null)"}})
  compadd -a rules
}}
_kubetrial() {{
  local -a commands
  commands=(
{described}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    _arguments {" ".join(_zsh_word(word) for word in known[""][1] if word.names)}
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{branches}  esac
}}
if [[ ${{funcstack[1]-}} == _kubetrial ]]; then _kubetrial "$@"; else compdef _kubetrial kubetrial; fi
"""


def _zsh_words(words: tuple[Word, ...]) -> list[str]:
    """The arguments of `_arguments`; of several positions only the last takes more than one word."""
    positions = [word for word in words if not word.names]
    found = [_zsh_word(word) for word in words if word.names]
    for number, word in enumerate(positions, 1):
        found.append(_quoted(("*" if word is positions[-1] else str(number)) + (_zsh_follows(word) or ":value: ")))
    return found


def _zsh_word(word: Word) -> str:
    """An option, as `_arguments` takes it."""
    text = word.help.replace("[", "(").replace("]", ")").replace(":", "\\:")
    return " ".join(_quoted(f"*{name}[{text}]{_zsh_follows(word)}") for name in word.names)


def _zsh_follows(word: Word) -> str:
    """What stands behind an option, or at a position."""
    if word.values:
        return f":value:({' '.join(word.values)})"
    known = {
        RULES: ":rule:_kubetrial_rules",
        FILES: ":file:_files",
        FOLDERS: ":folder:_files -/",
        "value": ":value: ",
    }
    return known.get(word.follows, "")


def _quoted(text: str) -> str:
    """A word of a shell between single quotes."""
    return "'" + text.replace("'", "'\\''") + "'"


# --- fish ------------------------------------------------------------------------------------------------------------------------


def _fish(known: dict[str, tuple[str, tuple[Word, ...]]]) -> str:
    lines = [
        "# Completion of kubetrial for fish: kubetrial completion fish | source",
        "function __kubetrial_rules; kubetrial rules --output-format names 2>/dev/null; end",
        "complete -c kubetrial -e",
    ]
    top = "-n __fish_use_subcommand"
    for name, (help, _) in known.items():
        if name:
            lines.append(f"complete -c kubetrial -f {top} -a {name} -d {_fish_quoted(help)}")
    lines += [f"complete -c kubetrial {top} {_fish_word(word)}" for word in known[""][1] if word.names]
    for name, (_, words) in known.items():
        if name:
            where = f"-n '__fish_seen_subcommand_from {name}'"
            lines += [f"complete -c kubetrial {where} {_fish_word(word)}" for word in words if _fish_word(word)]
    return "\n".join(lines) + "\n"


def _fish_word(word: Word) -> str:
    """What stands behind the condition of `complete`."""
    parts = [f"-l {name.removeprefix('--')}" if name.startswith("--") else f"-s {name[1:]}" for name in word.names]
    if word.values:
        parts.append(f"{'-x' if word.names else '-f'} -a {_fish_quoted(' '.join(word.values))}")
    elif word.follows == RULES:
        parts.append(f"{'-x' if word.names else '-f'} -a '(__kubetrial_rules)'")
    elif word.follows == FOLDERS:
        parts.append("-x -a '(__fish_complete_directories)'")
    elif word.follows and word.names:
        parts.append("-r")
    elif not word.names:
        return ""
    return " ".join([*parts, f"-d {_fish_quoted(word.help)}"])


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
