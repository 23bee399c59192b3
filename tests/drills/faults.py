"""Faults that a line of the code may have, one of each module by chance, and the source with one of them.

A comparison, a number, a condition, a call or a keyword less, an entry less, nothing returned.
"""

import ast
import random
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("therapydir", "articles", "locations", "providers")
LONGEST = 600  # seconds, after which a run counts as one that noticed
LARGE = 10  # a number from which it is doubled, instead of one more
COMPARED = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
SIGNS = {"<=": ast.LtE, "<": ast.Lt, ">=": ast.GtE, ">": ast.Gt, "!=": ast.NotEq, "==": ast.Eq}
SIGNS |= {"not in": ast.NotIn, "in": ast.In, "is not": ast.IsNot, "is": ast.Is}
COUNTED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult}
WORDS = {"help_text", "verbose_name", "verbose_name_plural", "help", "description", "search_help_text"}
WORDS |= {"frozen", "slots", "related_name", "max_length"}  # which no visitor, editor or operator meets
WORDS |= {"violation_error_message", "error_messages", "short_description", "metavar"}


class Fault(NamedTuple):
    file: str
    line: int
    number: int  # which of those of the file
    what: str


class _Breaker(ast.NodeTransformer):
    """Breaks the place of that number; with none, lists all of them in `places`."""

    def __init__(self, number=None):
        self.number, self.places = number, []

    def _here(self, node, what):
        self.places.append((node.lineno, what))
        return len(self.places) - 1 == self.number

    def visit_Compare(self, node):
        self.generic_visit(node)
        sign = COMPARED[type(node.ops[0])]
        if self._here(node, f"compared by “{sign}”"):
            node.ops[0] = SIGNS[sign]()
        return node

    def visit_BoolOp(self, node):
        self.generic_visit(node)
        if self._here(node, "“and” for “or”, or the other way round"):
            node.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        return node

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.Not) and self._here(node, "without “not”"):
            return node.operand
        return node

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if type(node.op) in COUNTED and not _is_text(node) and self._here(node, "counted otherwise"):
            node.op = COUNTED[type(node.op)]()
        return node

    def visit_Constant(self, node):
        if isinstance(node.value, bool):
            if self._here(node, f"{not node.value}"):
                return ast.copy_location(ast.Constant(not node.value), node)
        elif isinstance(node.value, int | float):
            other = node.value * 2 if node.value >= LARGE else node.value + 1
            if self._here(node, f"{other}"):
                return ast.copy_location(ast.Constant(other), node)
        return node

    def visit_Assign(self, node):
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets):
            return node
        self.generic_visit(node)
        return node

    def visit_Expr(self, node):
        if isinstance(node.value, ast.Constant):
            return node  # a docstring
        self.generic_visit(node)
        if isinstance(node.value, ast.Call) and self._here(node, "a call less"):
            return ast.copy_location(ast.Pass(), node)
        return node

    def visit_Return(self, node):
        self.generic_visit(node)
        is_empty = node.value is None or (isinstance(node.value, ast.Constant) and not node.value.value)
        if not is_empty and self._here(node, "nothing returned"):  # nothing for nothing is the same
            node.value = None
        return node

    def visit_Call(self, node):
        node.keywords = [one for one in node.keywords if one.arg not in WORDS] + [
            one for one in node.keywords if one.arg in WORDS
        ]
        words = [one for one in node.keywords if one.arg in WORDS]
        node.keywords = [one for one in node.keywords if one.arg not in WORDS]
        self.generic_visit(node)
        for one in [one for one in node.keywords if one.arg]:
            if self._here(one.value, f"without “{one.arg}=”"):
                node.keywords.remove(one)
        node.keywords += words
        return node

    def visit_Dict(self, node):
        self.generic_visit(node)
        for index in reversed(range(len(node.keys))):
            if len(node.keys) > 1 and node.keys[index] and self._here(node.keys[index], "an entry less"):
                del node.keys[index], node.values[index]
        return node

    def visit_List(self, node):
        self.generic_visit(node)
        for one in list(node.elts):
            if len(node.elts) > 1 and self._here(one, "an element less"):
                node.elts.remove(one)
        return node

    def visit_If(self, node):
        self.generic_visit(node)
        if self._here(node, "never"):
            node.test = ast.copy_location(ast.Constant(False), node.test)
        return node

    def visit_JoinedStr(self, node):
        return node  # words


def _is_text(node):
    return any(
        isinstance(one, ast.JoinedStr | ast.List) or _is_string(one) for one in (node.left, node.right)
    )


def _is_string(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def tree_of(file):
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def tree_with(file, number=None):
    """The syntax of a file with that fault; with none, as it is."""
    return ast.fix_missing_locations(_Breaker(number).visit(tree_of(file)))


def faults_of(file):
    breaker = _Breaker()
    breaker.visit(tree_of(file))
    return [Fault(file, line, number, what) for number, (line, what) in enumerate(breaker.places)]


def broken(fault):
    """The source of its file with that fault."""
    return ast.unparse(tree_with(fault.file, fault.number))


def name_of(fault):
    """What it is called in the file of those that were noticed: by the words of its line, which may move."""
    lines = (ROOT / fault.file).read_text(encoding="utf-8").splitlines()
    return f"{fault.file}: {lines[fault.line - 1].strip()}: {fault.what}"


def chosen(count, seed):
    """So many faults on lines of their own, one of every module, then more of long ones.

    Chance draws a number for each, from the words of its line alone: the same are chosen again when
    something else was changed.
    """

    def drawn(fault):
        return random.Random(f"{seed} {name_of(fault)}").random()

    listed = subprocess.run(
        ["git", "ls-files", *(f"{package}/*.py" for package in PACKAGES)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    first, rest = [], []
    for file in (file for file in listed if "/migrations/" not in file):
        by_line = defaultdict(list)
        for fault in faults_of(file):
            by_line[fault.line].append(fault)
        pool = sorted((min(faults, key=drawn) for faults in by_line.values()), key=drawn)
        first += pool[:1]
        rest += pool[1:]
    return [*sorted(first, key=drawn), *sorted(rest, key=drawn)][:count]
