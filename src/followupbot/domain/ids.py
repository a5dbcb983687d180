"""One type for each kind of identifier, so that a check-in's number is never passed for an alert's."""

from typing import NewType

PatientId = NewType("PatientId", str)
"""The pseudonymous code that people read and type: four characters and a check character."""

StaffId = NewType("StaffId", str)
"""`s1`, `s2` …: counted by the clinic, never used again."""

GroupId = NewType("GroupId", str)
"""`g1`, `g2` …: a group chat that is paged; counted by the clinic, never used again."""

ChatId = NewType("ChatId", str)
"""A keyed hash of the channel's own chat number: says which chat, tells nobody whose."""

CheckInId = NewType("CheckInId", int)
"""Counted by the chart from 1."""

CarerId = NewType("CarerId", int)
"""Counted by the chart from 1, never used again."""

AlertId = NewType("AlertId", int)
"""Counted by the chart from 1."""

QuestionId = NewType("QuestionId", str)
"""A question's name in the care protocol; each item of a gate screen, and each score, has one of its own."""

RuleId = NewType("RuleId", str)
TimingId = NewType("TimingId", str)
ProtocolKey = NewType("ProtocolKey", str)
"""The care protocol's file name without its ending: `lumbar_fusion`."""

CardId = NewType("CardId", str)
"""An emergency card's name: the message `cards/<name>`."""

TopicId = NewType("TopicId", str)
"""An education topic's name: the message `education/<name>`."""

Concern = NewType("Concern", str)
"""One fixed word for what a flag is about (`weakness`, `pain` …); the words shown are `alerts/concerns/<concern>`."""

Version = NewType("Version", str)
"""A published programme: the hash of everything in it, in hexadecimal."""

MessageKey = NewType("MessageKey", str)
"""The path of a message below `messages/<language>/`, without its ending: `replies/thanks`."""

MessageId = NewType("MessageId", int)
"""The channel's own number of a message in a chat."""

Language = NewType("Language", str)
"""The name of a folder below `messages/`: `en`, `es`."""

TokenHash = NewType("TokenHash", str)
"""SHA-256 of an invitation's token, in hexadecimal. The token itself is never kept."""
