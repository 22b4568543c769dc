"""Policy files in, one checked policy out."""

from collections.abc import Mapping
from dataclasses import dataclass

from guardian.errors import InputError, PolicyProblems, Problem
from guardian.policy.compile import compiled
from guardian.policy.draft import Draft, draft
from guardian.policy.model import PolicySet
from guardian.policy.semantics import findings
from guardian.policy.yamltree import Tree, read


@dataclass(frozen=True, slots=True)
class Loaded:
    """A policy that can be used, and what is worth knowing about it: warnings and notices."""

    policy: PolicySet
    findings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """Everything found in the files; `draft` is the valid part."""

    tree: Tree
    draft: Draft | None
    problems: tuple[Problem, ...]

    @property
    def usable(self) -> bool:
        return self.draft is not None and all(problem.level != "error" for problem in self.problems)


def load(files: Mapping[str, str]) -> Loaded:
    """The policy of these files (name to text; the first one is the main file).

    Raises PolicyProblems with all problems of all files, and InputError when there is no file.
    """
    examined = examine(files)
    if examined.draft is None or not examined.usable:
        raise PolicyProblems(examined.problems)
    return Loaded(compiled(examined.draft), examined.problems)


def examine(files: Mapping[str, str]) -> Examined:
    """Read and check without compiling; raises InputError when there is no file."""
    if not files:
        raise InputError("no policy file given")
    name, *others = files
    tree = read(name, files[name])
    made, problems = (None, []) if tree.data is None and tree.problems else draft(tree)
    found = [*tree.problems, *problems, *(findings(made) if made else ())]
    ordered = sorted(found, key=lambda problem: (problem.line, problem.column, problem.code))
    return Examined(tree, made, (*dict.fromkeys(ordered), *(_later_file(name, other) for other in others)))


def _later_file(main: str, other: str) -> Problem:
    words = f"per-team files are not available in this version; move the rules into {main}"
    return Problem(other, 1, 1, "error", "G116", "", words)
