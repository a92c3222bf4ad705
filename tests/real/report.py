"""What is printed of the outcomes."""

SHOWN = 5


def print_outcome(outcome):
    """A line, and below it what was not as predicted."""
    agreed = len(outcome.answers) - len(outcome.mismatches)
    verdict = f"{agreed}/{len(outcome.answers)}"
    print(f"{outcome.program:<10} {outcome.title:<48} {verdict}", flush=True)
    if outcome.fault:
        print(f"  {outcome.fault}", flush=True)
    for asked, real, predicted in outcome.mismatches[:SHOWN]:
        print(f"  {asked!r}: real {real}, predicted {predicted}", flush=True)


def print_totals(outcomes):
    """A line a program, and at last how many scenarios passed and failed."""
    print()
    for program in dict.fromkeys(outcome.program for outcome in outcomes):
        of_program = [outcome for outcome in outcomes if outcome.program == program]
        totals = [total(of_program, counted) for counted in ("keys", "configs", "checks")]
        said = [f"{len(of_program)} scenarios", *filter(None, totals)]
        print(f"{program:<10} {', '.join(said)}")
    passed = sum(outcome.has_passed for outcome in outcomes)
    print(f"{passed} passed, {len(outcomes) - passed} failed", flush=True)


def total(outcomes, counted):
    """How many of the keys, configs or checks are as predicted, if there are any."""
    counting = [outcome for outcome in outcomes if outcome.counted == counted]
    compared = sum(len(outcome.answers) for outcome in counting)
    agreed = compared - sum(len(outcome.mismatches) for outcome in counting)
    return f"{agreed} of {compared} {counted} agree" if compared else None
