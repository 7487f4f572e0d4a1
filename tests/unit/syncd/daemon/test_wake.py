"""What wakes the driver: nothing told is lost, and each is taken once."""

import threading

from syncd.daemon.wake import Taken, Wake


def test_everything_told_is_taken_together_and_once() -> None:
    wake = Wake()
    wake.edit()
    wake.ask("a registrar: publish")
    wake.ask_reload()
    assert wake.take() == Taken(edited=True, reload=True, asked=True, by="a registrar: publish")
    assert wake.take() == Taken()
    assert not wake.event.is_set()


def test_who_asked_survives_a_later_nameless_wake() -> None:
    wake = Wake()
    wake.ask("a registrar: publish")
    wake.ask()
    assert wake.take().by == "a registrar: publish"


def test_no_edit_is_lost_between_takes_of_another_thread() -> None:
    wake = Wake()
    told = 2000
    taken = 0
    done = threading.Event()

    def tell() -> None:
        for _ in range(told):
            wake.edit()
        done.set()

    teller = threading.Thread(target=tell)
    teller.start()
    last = False
    while not last:
        last = done.is_set()
        took = wake.take()
        taken += took.edited
    teller.join()
    assert taken > 0
    assert wake.take() == Taken()
