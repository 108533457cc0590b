from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import JobId, Plan, PlanOptions, PlanProof, ServiceClass, Unserved, VehicleId
from fleet.planning.plan_comparison import PlanMeasures, measured
from maps.pages.i18n import translator
from maps.planning.plan_words import PlanFacts, gap_of, gap_words, plan_words, proof_words
from tests import village as v
from tests.maps.plans import a_plan
from tests.village_database import POLICY

ENGLISH, PERSIAN = translator("en", "Asia/Tehran"), translator("fa", "Asia/Tehran")


def a_proof(argument: str = "work", **changes) -> PlanProof:
    proof = PlanProof(
        classes=(ServiceClass("P1"),),
        argument=argument,
        due_at=v.NOW + timedelta(hours=1),
        earliest_at=v.NOW + timedelta(hours=1, minutes=20),
        passes=412,
        vehicles=9,
        work_s=31.02 * 3600,
        free_s=28.07 * 3600,
        segment_ids=(v.MAIN_WEST,),
    )
    return replace(proof, **changes)


MINUTE = timedelta(minutes=1)

NOTHING = PlanMeasures({}, 0, {}, 0.0, 0.0, 0.0, 0.0, 0.0, None, 0, 0, 0.0)


def facts_of(plan: Plan, vehicles=(), measures: PlanMeasures = NOTHING) -> PlanFacts:
    return PlanFacts(plan, vehicles, measures, (), None, None)


def said(proof: PlanProof, t=ENGLISH) -> str:
    return proof_words(proof, v.NOW, v.village(), t)


def test_a_proof_says_how_much_can_be_done_in_time():
    assert said(a_proof(most_share=0.5312)).endswith(
        "At most 53.2 % of its length can be done by then."
    )
    assert said(a_proof(most_share=0.5312), PERSIAN).endswith("از طول آن انجام‌شدنی است.")
    assert "%" not in said(a_proof(most_share=0.9995))
    assert said(a_proof(most_share=0.0)).endswith("None of it can be done by then.")
    before = a_proof(most_share=0.0, due_at=v.NOW - MINUTE)
    assert said(before).endswith("It was due before this plan was made.")


@pytest.mark.parametrize(
    ("cost", "bound", "words"),
    [
        (106.2, 100.0, "Within 7 % of optimum."),
        (107.0, 100.0, "Within 7 % of optimum."),
        (100.0, 100.0, "No plan can be better: this is proved."),
        (231.0, 100.0, "At most 2.4 times the optimum."),
        (10.0, 0.0, "Distance from the optimum is not known."),
    ],
)
def test_the_gap_is_said_in_words_and_never_too_small(cost, bound, words):
    assert gap_words(gap_of(cost, bound), ENGLISH) == words


def test_a_class_that_cannot_be_done_in_time_is_told_with_the_numbers():
    assert said(a_proof()) == (
        "With these 9 machines P1 cannot be finished before 08:50, whatever the plan: the 412 "
        "passes take at least 31.1 machine hours, and until 08:30 there are 28."
    )
    assert said(a_proof(vehicles=1)).startswith("With this one machine P1 cannot")
    assert "۰۸:۵۰" in said(a_proof(), PERSIAN)


def test_another_day_is_named():
    late = a_proof(earliest_at=v.NOW + timedelta(days=1))
    assert "22 Dec, 07:30" in said(late)
    assert "۱ دی، ۰۷:۳۰" in said(late, PERSIAN)


@pytest.mark.parametrize("argument", ["work", "distance", "material"])
def test_what_is_never_done_names_no_time(argument):
    words = said(a_proof(argument, earliest_at=None))
    assert "cannot be finished" in words
    assert "08:50" not in words
    assert "{" not in words


@pytest.mark.parametrize(
    "argument", ["late", "time", "unreachable", "no_vehicle", "capacity", "order", "distance"]
)
def test_every_reason_has_its_sentence_with_a_street(argument):
    for t in (ENGLISH, PERSIAN):
        words = said(a_proof(argument), t)
        assert "{" not in words
        assert "proof:" not in words
    assert "Imam" in said(a_proof(argument))


def test_a_plan_for_a_part_says_so():
    plan = a_plan(
        options=PlanOptions((ServiceClass("P1"),), ("North",), (VehicleId(2),)),
        aside={ServiceClass("P3"): 4},
        proofs=(a_proof(),),
    )
    words = plan_words(facts_of(plan, ["Truck 2"]), v.village(), ENGLISH)
    assert words.scope == (
        "Classes: P1. Districts: North. Machines: Truck 2. The other machines keep their routes. "
        "4 other open jobs are not part of it."
    )
    assert [proof.work_h for proof in words.proofs] == [pytest.approx(31.02)]
    assert plan_words(facts_of(a_plan()), v.village(), ENGLISH).scope == ""


def test_alike_statements_about_a_class_are_one_with_a_list_behind():
    late = [
        a_proof("late", passes=n, due_at=v.NOW + n * MINUTE, earliest_at=v.NOW + 2 * n * MINUTE)
        for n in range(1, 201)
    ]
    hours = [a_proof(passes=412), a_proof(passes=90, due_at=v.NOW + 5 * MINUTE)]
    both = facts_of(a_plan(proofs=(*hours, *late, a_proof("late", classes=(ServiceClass("P2"),)))))
    by_class, passes, other = plan_words(both, v.village(), ENGLISH).proofs
    assert by_class.words == said(hours[0])
    assert len(by_class.behind) == 2
    assert passes.words == (
        "20,100 passes of P1 cannot be done in time by any machine, whatever the plan; the last of "
        "them not before 14:10."
    )
    assert passes.behind[0] == said(late[0])
    assert passes.behind[-1] == "100 more like this"
    assert (other.words, other.behind) == (said(a_proof("late", classes=(ServiceClass("P2"),))), ())


def test_a_plan_says_when_it_finishes_each_class_and_what_it_leaves():
    village, plan = v.village(), a_plan(unserved=(Unserved(JobId(7), "time"),))
    jobs = [v.a_job(1, v.MAIN_WEST), v.a_job(7, v.MILL, service_class=ServiceClass("P2"))]
    vehicles = [v.a_vehicle(number) for number in (1, 2)]
    measures = measured(plan, jobs, vehicles, village, POLICY)
    words = plan_words(facts_of(plan, measures=measures), village, ENGLISH)
    first, second = words.classes
    assert (first.name, first.finish, first.in_time, first.late) == ("P1", "07:34", "100 %", False)
    assert (second.finish, second.late) == ("not completely", True)
    assert (words.jobs, words.left) == (1, 1)
    assert words.deadhead == "46.6 %"
