"""Each thing that a judgement looks at, on tracks small enough to check by hand (metres)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import shapely

from geo.tracks import Fix
from geo.truth import copies, motion, plan, witness
from geo.truth.judge import PatrolEvidence, Photo, UnitEvidence, judge
from geo.truth.reasons import Judgement, Reason, Stand, weigh
from geo.truth.way import Way, way_of
from geo.truth.witness import Receipt, Sight

ROUTE = shapely.LineString([(0, 0), (3_000, 0)])
NOTHING = Way(np.empty(0), np.empty((0, 2)))


def way(t: Sequence[float], xy: np.ndarray) -> Way:
    return Way(np.asarray(t, dtype=float), np.asarray(xy, dtype=float))


def wander(seconds: int = 3_600, every: int = 10, seed: int = 1) -> Way:
    """A walk that turns and changes its pace, as people do."""
    rng = np.random.default_rng(seed)
    t = np.arange(0, seconds, every, dtype=float)
    pace = 1.5 + np.sin(t / 240 + seed) + rng.normal(0, 0.1, len(t))
    turn = np.cumsum(rng.normal(0, 0.15, len(t)))
    steps = np.maximum(pace, 0.05)[:, None] * every * np.column_stack([np.cos(turn), np.sin(turn)])
    return way(t, np.cumsum(steps, axis=0) + rng.normal(0, 0.3, steps.shape))


def along(speed: float, count: int, every: float = 10.0, off: float = 0.0) -> Way:
    """East along the route, evenly."""
    t = np.arange(count) * every
    return way(t, np.column_stack([t * speed, np.full(count, off)]))


def later(track: Way, seconds: float) -> Way:
    return way(track.t + seconds, track.xy)


def test_places_between_fixes_are_told_only_where_something_was_observed() -> None:
    track = way([0, 10, 1_000, 1_010], np.array([[0, 0], [10, 0], [50, 0], [60, 0]]))
    places = track.at(np.array([-1.0, 5.0, 500.0, 1_005.0, 1_011.0]))
    assert np.isnan(places[[0, 2, 4]]).all()
    assert places[1].tolist() == [5.0, 0.0]
    assert [len(line.coords) for line in track.lines()] == [2, 2]
    assert np.isnan(NOTHING.at(np.array([1.0]))).all()
    assert len(NOTHING.sampled(10.0)) == 0


@pytest.mark.parametrize(
    ("track", "dropped", "stand"),
    [
        (along(3.0, 60), {}, Stand.SUPPORTS),
        (along(40.0, 60), {}, Stand.QUESTIONS),
        (along(3.0, 60), {"jump": 2}, Stand.SUPPORTS),
        (along(3.0, 60), {"jump": 6}, Stand.QUESTIONS),
        (along(3.0, 4), {}, Stand.SILENT),  # no whole minute
        (NOTHING, {}, Stand.SILENT),
        (NOTHING, {"jump": 6}, Stand.QUESTIONS),
    ],
)
def test_speed_kept_up_and_leaps_are_told(track, dropped, stand) -> None:
    assert motion.speed(track, dropped).stand is stand


def test_a_walk_is_uneven_and_a_drawn_line_is_not() -> None:
    assert motion.evenness(wander()).stand is Stand.SUPPORTS
    assert motion.evenness(along(3.0, 200)).stand is Stand.QUESTIONS
    noisy = along(3.0, 200)
    noisy.xy[:, 1] += np.random.default_rng(2).normal(0, 2, 200)
    assert motion.evenness(noisy).stand is Stand.QUESTIONS  # the pace alone tells
    for few in (NOTHING, along(3.0, 2), along(3.0, 20)):
        assert motion.evenness(few).stand is Stand.SILENT


def test_fixes_blurred_one_by_one_are_restless() -> None:
    calm = wander(900, 1)
    assert motion.restlessness(calm).stand is Stand.SUPPORTS
    rng = np.random.default_rng(3)
    blurred = way(calm.t, calm.xy + rng.normal(0, 3, calm.xy.shape))
    assert motion.restlessness(blurred).stand is Stand.QUESTIONS
    assert motion.restlessness(wander(900, 20)).stand is Stand.SILENT
    assert motion.restlessness(NOTHING).stand is Stand.SILENT


def test_standing_is_a_share_of_the_observed_minutes() -> None:
    still = way(np.arange(0, 3_600, 60), np.zeros((60, 2)))
    assert motion.standing(still).stand is Stand.QUESTIONS
    assert motion.standing(along(2.0, 360)).stand is Stand.SUPPORTS
    assert motion.standing(along(2.0, 60)).stand is Stand.SILENT
    half = way(still.t, np.column_stack([np.maximum(0, still.t - 2_300), np.zeros(60)]))
    assert motion.standing(half).stand is Stand.SILENT


@pytest.mark.parametrize(
    ("ways", "stand", "share"),
    [
        ([along(3.0, 101)], Stand.SUPPORTS, 1.0),
        ([along(3.0, 31)], Stand.QUESTIONS, 0.333),
        ([along(3.0, 51)], Stand.SILENT, 0.533),
        ([], Stand.QUESTIONS, 0.0),
    ],
)
def test_the_plan_is_covered_where_a_track_came_near(ways, stand, share) -> None:
    reason = plan.covered(ROUTE, ways)
    assert reason.stand is stand
    assert reason.values["share"] == pytest.approx(share, abs=0.01)


def test_way_off_the_route_is_a_share_of_the_way() -> None:
    assert plan.off_route(ROUTE, along(3.0, 50)).stand is Stand.SUPPORTS
    assert plan.off_route(ROUTE, along(3.0, 50, off=400.0)).stand is Stand.QUESTIONS
    assert plan.off_route(ROUTE, NOTHING).stand is Stand.SUPPORTS
    turned = way([0, 100, 200, 300], np.array([[0, 0], [600, 0], [600, 350], [600, 600]]))
    assert plan.off_route(ROUTE, turned).stand is Stand.SILENT


def test_nobody_follows_a_drawn_line_to_half_a_metre() -> None:
    assert plan.on_plan_exactly(ROUTE, along(3.0, 50, off=0.1)).stand is Stand.QUESTIONS
    assert plan.on_plan_exactly(ROUTE, along(3.0, 50, off=4.0)).stand is Stand.SUPPORTS
    assert plan.on_plan_exactly(ROUTE, along(3.0, 20)).stand is Stand.SILENT
    assert plan.on_plan_exactly(ROUTE, NOTHING).stand is Stand.SILENT


@pytest.mark.parametrize(
    ("ended", "stand"),
    [(600, Stand.SUPPORTS), (1_200, Stand.SILENT), (6_000, Stand.QUESTIONS), (0, Stand.SILENT)],
)
def test_the_time_with_a_track_is_a_share_of_the_patrol(ended, stand) -> None:
    assert plan.observed(0.0, ended, [along(3.0, 61)]).stand is stand


def test_a_track_played_again_is_found_whatever_was_done_to_it() -> None:
    track = wander()
    rng = np.random.default_rng(4)
    angle = np.array([[0.8, -0.6], [0.6, 0.8]])
    forged = {
        "exact": later(track, 86_400),
        "in_step": way(track.t + 500, track.xy + 300 + rng.normal(0, 2, track.xy.shape)),
        "shape": way(track.t * 1.5, 1.2 * track.xy @ angle.T),
    }
    for how, copy in forged.items():
        reason = copies.repeats_earlier(copy, {"other": wander(seed=9), "model": track})
        assert (reason.stand, reason.values["of"]) == (Stand.QUESTIONS, "model"), how
        assert reason.values["how"] == how
    backwards = way(-track.t[::-1] * 1.3, track.xy[::-1])
    assert copies.same_shape(backwards, track) is not None


def test_another_trip_is_no_copy() -> None:
    others = {str(seed): wander(seed=seed) for seed in range(5, 9)}
    reason = copies.repeats_earlier(wander(), others)
    assert (reason.stand, reason.values) == (Stand.SUPPORTS, {"compared": 4})
    assert copies.repeats_earlier(wander(), {}).stand is Stand.SILENT


def test_short_straight_and_even_tracks_are_not_recognised_as_anything() -> None:
    model = {"short": wander(300), "straight": along(3.0, 400), "none": NOTHING}
    for track in (wander(), along(3.0, 400, off=5.0), NOTHING, wander(300, seed=2)):
        assert copies.repeats_earlier(track, model).stand is Stand.SUPPORTS


def test_two_units_do_not_share_their_fixes() -> None:
    track = wander()
    beside = way(track.t, track.xy + np.random.default_rng(5).normal(0, 3, track.xy.shape))
    assert copies.same_as_other(track, {"b": beside}).stand is Stand.SUPPORTS
    assert copies.same_as_other(track, {"b": track}).stand is Stand.QUESTIONS
    assert copies.same_as_other(track, {}).stand is Stand.SILENT


def test_photos_are_taken_where_the_unit_was() -> None:
    track = along(3.0, 100)
    near, far = Sight(100.0, np.array([310.0, 50.0])), Sight(100.0, np.array([310.0, 900.0]))
    assert witness.photos(track, [near]).stand is Stand.SUPPORTS
    assert witness.photos(track, [near, far]).values["away"] == 1
    assert witness.photos(track, [near, far]).stand is Stand.QUESTIONS
    told = Sight(far.t, far.xy, 1_000.0)
    assert witness.photos(track, [told]).stand is Stand.SUPPORTS
    assert witness.photos(track, [Sight(9_999.0, far.xy)]).stand is Stand.SILENT
    assert witness.photos(track, []).stand is Stand.SILENT


@pytest.mark.parametrize(
    ("delays", "impossible", "stand"),
    [
        ([5.0, 900.0], 0, Stand.SUPPORTS),
        ([900.0], 0, Stand.SILENT),
        ([-300.0, 5.0], 0, Stand.QUESTIONS),
        ([5.0], 3, Stand.QUESTIONS),
        ([], 0, Stand.SILENT),
    ],
)
def test_nothing_arrives_before_it_was_made(delays, impossible, stand) -> None:
    receipts = [Receipt(1_000.0, 1_000.0 + delay) for delay in delays]
    assert witness.clock(receipts, impossible).stand is stand


def test_both_sides_together_or_not() -> None:
    ours = [along(3.0, 100)]
    far = way(ours[0].t, ours[0].xy + 5_000)
    sometimes = way(ours[0].t, ours[0].xy + np.where(ours[0].t > 150, 700, 0)[:, None])
    assert witness.together([ours, [along(3.0, 100, off=30.0)]]).stand is Stand.SUPPORTS
    assert witness.together([ours, [far]]).stand is Stand.QUESTIONS
    assert witness.together([ours, [sometimes]]).stand is Stand.SILENT
    assert witness.together([ours, [later(ours[0], 5_000)]]).stand is Stand.SILENT
    assert witness.together([ours, [NOTHING]]).stand is Stand.SILENT


def test_a_score_takes_each_kind_of_doubt_once() -> None:
    doubt = Reason("repeats_earlier", Stand.QUESTIONS, {}, "a")
    lazy = Reason("standing", Stand.QUESTIONS, {}, "a")
    reasons = [doubt, doubt, lazy, Reason("clock", Stand.SUPPORTS, {})]
    assert weigh(reasons) == 100 - 45 - 10
    assert [Judgement((), score).level for score in (None, 85, 60, 10)] == [
        "unknown",
        "sound",
        "look",
        "doubtful",
    ]


def _fixes(track: Way) -> list[Fix]:
    """Metres around 120.45° E, 30.9° N as longitude and latitude."""
    return [
        Fix(t, 120.45 + x / 95_500, 30.9 + y / 110_900, 5.0)
        for t, (x, y) in zip(track.t.tolist(), track.xy.tolist(), strict=True)
    ]


def test_a_judgement_names_its_units_and_needs_ten_minutes() -> None:
    route = shapely.LineString([(120.45, 30.9), (120.48, 30.9)])
    fixes = _fixes(wander())
    photo = Photo(600.0, fixes[60].lon, fixes[60].lat)
    one = UnitEvidence("a", "wuxing", fixes, photos=[photo], earlier={"old": fixes[:100]})
    two = UnitEvidence("b", "wujiang", fixes[:5])
    found = judge(PatrolEvidence(0.0, 3_600.0, route, [one, two]))
    assert found.score is not None
    by_code = {(reason.code, reason.unit): reason.stand for reason in found.reasons}
    assert by_code["repeats_earlier", "a"] is Stand.QUESTIONS
    assert by_code["photos", "a"] is Stand.SUPPORTS
    assert by_code["observed", None] is Stand.SUPPORTS
    assert judge(PatrolEvidence(0.0, 3_600.0, route, [two])).score is None
    short = UnitEvidence("c", "wuxing", fixes[:40])
    assert judge(PatrolEvidence(0.0, 400.0, route, [short])).score is None
    copied = UnitEvidence("c", "wuxing", fixes[:40], earlier={"old": fixes[:100]})
    assert judge(PatrolEvidence(0.0, 400.0, route, [copied])).score == 40
    assert way_of([], None).t.size == 0  # type: ignore[arg-type]
