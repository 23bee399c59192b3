"""Finds the lines of a file of the registry that may be ours: most are not, and are not taken apart.

What finds them looks at a block of lines at once, without the quotation marks and commas that are most of it.
"""

from providers.imports.files import BUFFER

# The beginnings of taxonomy codes, as bytes in quotation marks: a line without any is not about any of ours.
SIGNS = (b'"225', b'"261Q', b'"251E', b'"283X', b'"273Y', b'"3140')
MARKS = b'",'
NPI = slice(1, 11)  # of a line


def sift(source, npis, told, progress, *, signs=SIGNS, others=""):
    """(number, line, whether its NPI is one of `npis`) of the whole lines with such an NPI, or with a sign.

    NPIs are bytes. `progress` is called now and then, as that of an `Import`; `others` is what is told of
    each line that is left out, if anything.
    """
    first = 2  # the number of the line behind the header
    for block in _blocks(source.stream):
        lines = block.removesuffix(b"\n").split(b"\n")
        with_signs = _with_signs(block, lines, signs)
        for number, line in enumerate(lines):
            # All fields of the registry stand in quotation marks.
            if line[:1] != b'"' or (line[-1:] != b'"' and line[-2:] != b'"\r'):
                if line.strip():
                    told("cut off", first + number)
            elif (is_known := line[NPI] in npis) or number in with_signs:
                yield first + number, line, is_known
            elif others:
                told(others)
        first += len(lines)
        progress(source.name, source.position(), source.size)
    progress(source.name, source.size, source.size)


def _blocks(stream):
    """The bytes of a stream, about a buffer at a time, in whole lines."""
    while block := stream.read(BUFFER):
        yield block + stream.readline()


def _with_signs(block, lines, signs):
    """The numbers of the lines of a block that have one of those signs."""
    plain, found = block.translate(None, MARKS), set()
    for sign in signs:
        digits, number, counted = sign.strip(MARKS), 0, 0
        place = plain.find(digits)
        while place >= 0:
            number += plain.count(b"\n", counted, place)
            counted = place
            if number not in found and sign in lines[number]:  # and not two numbers in a row
                found.add(number)
            place = plain.find(digits, place + 1)
    return found
