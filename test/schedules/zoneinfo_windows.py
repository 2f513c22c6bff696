"""Windows of schedules by Python's zoneinfo: an independent calendar to compare with. JSON in, JSON out."""
import json
import sys
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def instant(local, zone):
    """PEP 495: fold 0 is the first of two times, and a time in a gap goes by the offset before it."""
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(timezone.utc)


def field(text, low, high, names=()):
    """One field of a cron line as a set."""
    for i, name in enumerate(names):
        text = text.lower().replace(name, str(i))
    values = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        if span == "*":
            first, last = low, high
        else:
            first, _, last = span.partition("-")
            first, last = int(first), int(last or first)
        values.update(range(first, last + 1, int(step or 1)))
    return values


def cron_times(line, day):
    minute, hour, of_month, month, of_week = line.split()
    names = [DAYS[6], *DAYS[:6]]
    weekday = (day.weekday() + 1) % 7
    if day.day not in field(of_month, 1, 31) or day.month not in field(month, 1, 12):
        return []
    if weekday not in {value % 7 for value in field(of_week, 0, 7, names)}:
        return []
    return [time(h, m) for h in field(hour, 0, 23) for m in field(minute, 0, 59)]


def times(rule, day):
    if "cron" in rule:
        return [at for line in rule["cron"] for at in cron_times(line, day)]
    if rule.get("days") and DAYS[day.weekday()] not in rule["days"]:
        return []
    if rule.get("months") and day.month not in rule["months"]:
        return []
    wanted = rule.get("daysOfMonth")
    is_last = (day + timedelta(days=1)).month != day.month
    if wanted and day.day not in wanted and not ("last" in wanted and is_last):
        return []
    return [time.fromisoformat(at) for at in rule["at"]]


def windows(rule, zone, first, last):
    found = {}
    day = date.fromisoformat(first) - timedelta(days=2)
    while day <= date.fromisoformat(last):
        excepted = any(
            span.split("..")[0] <= day.isoformat() <= span.split("..")[-1] for span in rule.get("except", [])
        )
        within = rule.get("starts", "") <= day.isoformat() <= rule.get("ends", "9999")
        for at in times(rule, day) if within and not excepted else []:
            begin = instant(datetime.combine(day, at), zone)
            if "minutes" in rule:
                end = begin + timedelta(minutes=rule["minutes"])
            else:
                until = time.fromisoformat(rule["until"])
                local = datetime.combine(day + timedelta(days=int(until <= at)), until)
                end = instant(local, zone)
                if end <= begin:
                    end = begin + (local - datetime.combine(day, at))
            found[begin] = end
        day += timedelta(days=1)
    return [[b.timestamp(), e.timestamp()] for b, e in sorted(found.items())]


asked = json.load(sys.stdin)
json.dump([windows(one["rule"], one["zone"], one["first"], one["last"]) for one in asked], sys.stdout)
