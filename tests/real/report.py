"""What is printed of the outcomes."""

SHOWN = 5


def print_outcome(outcome):
    """A line, and below it what was not as predicted."""
    agreed = len(outcome.answers) - len(outcome.mismatches)
    verdict = f"{agreed}/{len(outcome.answers)}"
    print(f"{outcome.program:<10} {outcome.title:<48} {verdict}", flush=True)
    if outcome.fault:
        print(f"  {outcome.fault}", flush=True)
    for key, real, predicted in outcome.mismatches[:SHOWN]:
        print(f"  key {key!r}: real {real}, predicted {predicted}", flush=True)


def print_totals(outcomes):
    """A line a program, and at last how many scenarios passed and failed."""
    print()
    for program in dict.fromkeys(outcome.program for outcome in outcomes):
        of_program = [outcome for outcome in outcomes if outcome.program == program]
        compared = sum(len(outcome.answers) for outcome in of_program)
        agreed = compared - sum(len(outcome.mismatches) for outcome in of_program)
        print(f"{program:<10} {len(of_program)} scenarios, {agreed} of {compared} keys agree")
    passed = sum(outcome.has_passed for outcome in outcomes)
    print(f"{passed} passed, {len(outcomes) - passed} failed", flush=True)
