"""IP addresses and ranges in the two ways that the API server reads them.

Old fields take whatever Go's oldest parser takes (`010.0.0.1`, `::ffff:10.0.0.1`, `10.0.0.1/8`); since 1.36 new
values of them are held to the strict form as well, and new fields always were. Follows apimachinery's
util/validation/ip.go.
"""

from __future__ import annotations

from kubetrial.lint.values.records import dataclass

_DIGITS = frozenset("0123456789")
_HEX = frozenset("0123456789abcdefABCDEF")


@dataclass(frozen=True, slots=True)
class Address:
    """An address as 128 bits; `zeros` and `mapped` are the liberties that only old fields allow."""

    bits: int
    version: int  # 4 or 6: what it is, also when it is written as ::ffff:10.0.0.1
    width: int  # 32 or 128: how it was written
    zeros: bool
    mapped: bool

    @property
    def problem(self) -> str | None:
        """Why the strict form is refused, or None."""
        if self.zeros:
            return "no zeros may lead a number"
        return "IPv4 addresses are written without `::ffff:`" if self.mapped else None

    @property
    def number(self) -> int:
        """The address as a number of its version."""
        return self.bits & 0xFFFFFFFF if self.version == 4 else self.bits

    def __str__(self) -> str:
        """The canonical form."""
        return spelled(self.number, self.version)


@dataclass(frozen=True, slots=True)
class AddressRange:
    """A range of addresses: an address and the length of its prefix, as they were written."""

    address: Address
    length: int
    zeros: bool

    @property
    def version(self) -> int:
        """4 or 6."""
        return self.address.version

    @property
    def prefix(self) -> int:
        """The length of the prefix among the bits of its version."""
        return self.length - (self.address.width - (32 if self.version == 4 else 128))

    @property
    def first(self) -> int:
        """The first address as a number."""
        spare = max((32 if self.version == 4 else 128) - max(self.prefix, 0), 0)
        return self.address.number >> spare << spare

    @property
    def problem(self) -> str | None:
        """Why the strict form is refused, or None."""
        if self.zeros or self.address.problem:
            return "no zeros may lead a number" if self.zeros else self.address.problem
        return "no bits may be set beyond the prefix length" if self.first != self.address.number else None

    def contains(self, other: AddressRange) -> bool:
        """Whether the other range is a strict part of this one."""
        if self.version != other.version or self.length >= other.length:
            return False
        spare = (32 if self.version == 4 else 128) - max(self.prefix, 0)
        return other.first >> spare == self.first >> spare


def address(text: str) -> Address | None:
    """The address, read as liberally as old fields are; None where it is none."""
    dot, colon = text.find("."), text.find(":")
    if dot >= 0 and (colon < 0 or dot < colon):
        number, zeros = _four(text)
        return None if number is None else Address(number | 0xFFFF << 32, 4, 32, zeros, False)
    return _six(text) if colon >= 0 else None


def cidr(text: str) -> AddressRange | None:
    """The range, read as liberally as old fields are; None where it is none."""
    before, slash, after = text.partition("/")
    found = address(before) if slash else None
    if found is None or not after or not _DIGITS.issuperset(after) or len(after) > 20 or int(after) > found.width:
        return None
    return AddressRange(found, int(after), len(after) > 1 and after[0] == "0")


def spelled(number: int, version: int) -> str:
    """The canonical form of an address."""
    import ipaddress

    return str((ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address)(number))


def endpoint_problem(found: Address) -> str | None:
    """Why traffic cannot be sent to the address, or None; follows ValidateEndpointIP."""
    number = found.number
    if number == 0:
        return "the unspecified address cannot be an endpoint"
    if found.version == 4:
        if number >> 24 == 127:
            return "loopback addresses (127.0.0.0/8) lead back to the node itself"
        if number >> 16 == 0xA9FE:
            return "link-local addresses (169.254.0.0/16) cannot be reached from elsewhere"
        return "link-local multicast (224.0.0.0/24) is no endpoint" if number >> 8 == 0xE00000 else None
    if number == 1:
        return "the loopback address (::1) leads back to the node itself"
    if number >> 118 == 0xFE80 >> 6:
        return "link-local addresses (fe80::/10) cannot be reached from elsewhere"
    return "link-local multicast (ff02::/16) is no endpoint" if number >> 112 & 0xFF0F == 0xFF02 else None


def _four(text: str) -> tuple[int | None, bool]:
    parts = text.split(".")
    number, zeros = 0, False
    if len(parts) != 4:
        return None, False
    for part in parts:
        if not part or not _DIGITS.issuperset(part) or len(part) > 60 or int(part) > 255:
            return None, False
        zeros = zeros or (len(part) > 1 and part[0] == "0")
        number = number << 8 | int(part)
    return number, zeros


def _six(text: str) -> Address | None:
    head, gap, tail = text.partition("::")
    if gap and ("::" in tail or tail.startswith(":")):
        return None
    zeros = False
    sides: list[list[int]] = []
    for side, last in ((head, not gap or not tail), (tail, True)):
        groups: list[int] = []
        parts = side.split(":") if side else []
        for index, part in enumerate(parts):
            if "." in part and last and index == len(parts) - 1 and not (side is head and gap):
                four, led = _four(part)
                if four is None:
                    return None
                zeros = zeros or led
                groups += [four >> 16, four & 0xFFFF]
            elif part and _HEX.issuperset(part) and int(part, 16) <= 0xFFFF:
                zeros = zeros or len(part) > 4
                groups.append(int(part, 16))
            else:
                return None
        sides.append(groups)
    before, after = sides
    missing = 8 - len(before) - len(after)
    if missing < (1 if gap else 0) or (missing and not gap):
        return None
    bits = 0
    for group in (*before, *([0] * missing), *after):
        bits = bits << 16 | group
    mapped = bits >> 32 == 0xFFFF
    return Address(bits, 4 if mapped else 6, 128, zeros, mapped)
