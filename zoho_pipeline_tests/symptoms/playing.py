"""Symptoms at work: all of a list happen, what comes of each is waited for, and people do what they are told to."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from zoho_pipeline.alerts import outage
from zoho_pipeline.alerts.incident import Incident
from zoho_pipeline_tests.symptoms.stage import Stage
from zoho_pipeline_tests.symptoms.symptom import Case, Symptom, Told


@dataclass
class Played:
    """What came of a symptom."""

    shown: bool = False
    told: list[Incident] = field(default_factory=list)
    """The incidents that it should have, as they were when everything was over."""
    woken: list[set[str]] = field(default_factory=list)
    """Who had the mails that told of its opening, a set for each mail."""
    seconds: dict[str, float] = field(default_factory=dict)
    over: bool = False


@dataclass
class Play:
    """A list of symptoms that happen together."""

    stage: Stage
    symptoms: Sequence[Symptom]
    played: dict[str, Played] = field(default_factory=dict)
    others: list[Incident] = field(default_factory=list)
    """Incidents that none of the symptoms should have."""

    def play(self, begins: Callable[[], object]) -> "Play":
        """Have them happen, then begin; afterwards nothing is open any more."""
        known = {each.id for each in self.stage.incidents()}
        cases = {symptom: symptom.happens(self.stage) for symptom in self.symptoms}
        self.played = {symptom.name: Played() for symptom in self.symptoms}
        began = time.monotonic()
        begins()
        self._wait("has shown", lambda symptom: self._has_come(symptom, cases[symptom], known), began)
        for case in cases.values():
            if case.person is not None:
                case.person()
        self._wait("is over", lambda symptom: self._is_over(symptom, cases[symptom]), began)
        self.stage.wait(lambda: all(self._mailed(each) for each in self._new(known)), "the mails have gone")
        self._collect(known)
        return self

    def _has_come(self, symptom: Symptom, case: Case, known: set[int]) -> bool:
        played = self.played[symptom.name]
        played.shown = played.shown or case.shows()
        return played.shown and (symptom.told is None or any(self._of(symptom.told, each) for each in self._new(known)))

    def _is_over(self, symptom: Symptom, case: Case) -> bool:
        told = symptom.told
        is_open = told is not None and any(
            self._of(told, each) and each.cleared_at is None for each in self.stage.incidents()
        )
        return case.over() and not is_open

    def _wait(self, what: str, comes: Callable[[Symptom], bool], began: float) -> None:
        left = list(self.symptoms)

        def all_have() -> bool:
            for symptom in list(left):
                if comes(symptom):
                    left.remove(symptom)
                    self.played[symptom.name].seconds[what] = time.monotonic() - began
            return not left

        self.stage.wait(all_have, f"each {what}")

    def _collect(self, known: set[int]) -> None:
        found = self._new(known)
        for symptom in self.symptoms:
            played = self.played[symptom.name]
            played.over = True
            if symptom.told is not None:
                played.told = [each for each in found if self._of(symptom.told, each)]
                played.woken = [woken for each in played.told for woken in self._mailed(each)]
        wanted = {each.id for played in self.played.values() for each in played.told}
        self.others = [each for each in found if each.id not in wanted]

    def _new(self, known: set[int]) -> list[Incident]:
        return [each for each in self.stage.incidents() if each.id not in known]

    def _mailed(self, incident: Incident) -> list[set[str]]:
        """The recipients of each mail that says that it has opened; without the ledger it has no number yet."""
        number = "without a number" if incident.scope == outage.SCOPE else str(incident.id)
        opened = f"Incident {number} has opened"
        mail = self.stage.mail
        return [
            set(recipients)
            for sent, recipients in zip(mail.mails, mail.recipients, strict=True)
            if str(sent["Subject"]).strip().startswith(opened)  # a folded one begins with a blank
        ]

    @staticmethod
    def _of(told: Told, incident: Incident) -> bool:
        return incident.scope == told.scope and incident.key.split(": zoho/customers,")[0] == told.key


def summary(play: Play) -> list[str]:
    """A line for each symptom, with the seconds that it took."""
    lines = []
    for symptom in play.symptoms:
        played = play.played[symptom.name]
        level = f"level {played.told[0].level}" if played.told else "nobody"
        times = ", ".join(f"{what} after {seconds:.0f} s" for what, seconds in played.seconds.items())
        lines.append(f"{symptom.name}: {level}; {times}")
    return lines
