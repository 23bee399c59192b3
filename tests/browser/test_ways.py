"""The ways that visitors take, in a real browser."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import KINDS


def press_until(page, is_there, key="Tab", most=60):
    """Press a key until the focus is where it is wanted."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate(is_there):
            return
    raise AssertionError(f"{most} times {key} never led there")


def test_the_keyboard_alone_leads_from_the_home_page_to_a_city(open_page, site):
    page = open_page("/", width=360)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    press_until(page, "document.activeElement.textContent.trim() === 'California'")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/locations/california/")
    press_until(page, "document.activeElement.textContent === 'Find my city'")
    page.keyboard.press("Enter")
    press_until(page, "document.activeElement.textContent === 'A'")
    page.keyboard.press("Enter")
    press_until(page, "document.activeElement.textContent === 'Anaheim'")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/locations/california/anaheim/")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Occupational and physical therapy in Anaheim, California"
    )


def test_the_search_box_leads_from_the_home_page_to_a_city(open_page, site):
    for javascript in (True, False):
        page = open_page("/", width=360, height=740, javascript=javascript)
        box = page.get_by_label("Or find your city")
        assert box.bounding_box()["y"] + box.bounding_box()["height"] <= 740  # on the first screen
        box.fill("92801")
        box.press("Enter")
        page.wait_for_url(f"{site}/locations/california/anaheim/?q=92801")
        page.get_by_role("link", name="See all results").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Results for “92801”")
        page.get_by_role("link", name="Anaheim, California").click()
        page.wait_for_url(f"{site}/locations/california/anaheim/")


def test_suggestions_can_be_chosen_with_the_keyboard_and_dismissed(open_page, site):
    page = open_page("/")
    page.get_by_role("searchbox", name="Or find your city").focus()
    box = page.get_by_role("combobox", name="Or find your city")
    options = page.get_by_role("option")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("lakewod")
    expect(options).to_have_count(3)
    assert options.all_inner_texts()[:2] == [
        "Lakewood, New Jersey 5 clinics",
        "Lakewood, California 1 clinic",
    ]
    first, second = (options.nth(n).bounding_box() for n in (0, 1))
    assert second["y"] >= first["y"] + first["height"]  # one below the other
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status")).to_have_text("Suggestions: 3")
    assert (
        page.evaluate("() => document.querySelector('.suggestions a').pathname")
        == "/locations/new-jersey/lakewood/"
    )
    box.press("Escape")
    expect(options).to_have_count(0)
    expect(box).to_have_value("lakewod")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("ArrowDown")  # asks again
    expect(options).to_have_count(3)
    for key, chosen in (("ArrowDown", 0), ("ArrowUp", None), ("ArrowUp", 2), ("ArrowUp", 1)):
        box.press(key)
        marked = page.get_by_role("option", selected=True)
        expect(marked).to_have_count(0 if chosen is None else 1)
        if chosen is not None:
            expect(marked).to_have_text(options.all_inner_texts()[chosen])
            expect(box).to_have_attribute("aria-activedescendant", marked.get_attribute("id"))
    expect(box).to_be_focused()
    box.press("Enter")
    page.wait_for_url(f"{site}/locations/california/lakewood/")


def test_a_suggestion_can_be_clicked_and_enter_alone_searches(open_page, site):
    page = open_page("/search/", width=360)
    box = page.locator("main [name=q]")
    box.press_sequentially("hobok")
    page.get_by_role("option", name="Hoboken, New Jersey").click()
    page.wait_for_url(f"{site}/locations/new-jersey/hoboken/")
    page.goto(f"{site}/search/")
    box.press_sequentially("lakewood")
    expect(page.get_by_role("option").first).to_have_text("Lakewood, New Jersey 5 clinics")
    box.press("Enter")
    page.wait_for_url(f"{site}/search/?q=lakewood")
    expect(page.get_by_role("link", name="Lakewood, New Jersey")).to_be_visible()


def test_nothing_that_is_on_its_way_opens_suggestions_that_were_closed(open_page):
    page = open_page("/search/")
    held = []

    def hold(route):
        held.append(route)

    page.route("**/search/suggestions/*", hold)
    box = page.locator("main [name=q]")
    box.press_sequentially("hobok")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.wait_for_timeout(400)
    box.press("Escape")
    assert held
    for route in held:
        route.continue_()
    page.wait_for_timeout(400)
    expect(page.get_by_role("option")).to_have_count(0)


def test_letters_that_are_still_composed_ask_for_nothing(open_page):
    page = open_page("/search/")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "suggestions" in request.url else None)
    page.locator("main [name=q]").focus()
    page.evaluate(
        """() => {
            const box = document.querySelector("main [name=q]");
            box.value = "hobok";
            box.dispatchEvent(new InputEvent("input", { isComposing: true }));
            box.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", isComposing: true }));
        }"""
    )
    page.wait_for_timeout(400)
    assert asked == []
    page.evaluate(
        "() => document.querySelector('main [name=q]').dispatchEvent(new CompositionEvent('compositionend'))"
    )
    expect(page.get_by_role("option", name="Hoboken, New Jersey")).to_be_visible()


def test_on_a_phone_the_box_moves_up_when_it_has_the_focus(open_page):
    page = open_page("/", width=360, height=640)
    page.get_by_label("Or find your city").focus()
    page.wait_for_timeout(200)
    assert page.get_by_label("Or find your city").bounding_box()["y"] <= 300


def test_a_name_that_contradicts_the_state_is_asked_about(open_page, site):
    page = open_page("/search/")
    box = page.locator("main [name=q]")
    box.fill("Albany OR")
    box.press("Enter")
    page.wait_for_url(f"{site}/search/?q=Albany+OR")
    expect(page.locator(".hint")).to_have_text(
        "Oregon is not in the directory yet. Did you mean one of these?"
    )
    expect(page.get_by_role("link", name="Albany, New York")).to_be_visible()
    box.fill("Anaheim 07030")
    box.press("Enter")
    expect(page.locator(".hint")).to_contain_text("ZIP code 07030 is in Hoboken, New Jersey")
    expect(page.locator(".found a").first).to_have_text("Anaheim, California")


def test_a_page_says_which_other_place_may_have_been_meant(open_page):
    page = open_page("/search/?q=Dallas")
    expect(page.locator("main")).to_contain_text("There is also Dallas, Texas")
    page.get_by_role("link", name="See all results").click()
    expect(page.locator("main")).to_contain_text("Dallas, Texas, which this directory does not cover yet")


def test_the_same_search_works_without_javascript(open_page, site):
    page = open_page("/search/", javascript=False)
    expect(page.get_by_role("button", name="Use my location")).to_be_hidden()
    box = page.get_by_role("searchbox")
    box.fill("lakewod")
    page.get_by_role("button", name="Find").click()
    page.wait_for_url(f"{site}/search/?q=lakewod")
    page.get_by_role("link", name="Lakewood, New Jersey").click()
    page.wait_for_url(f"{site}/locations/new-jersey/lakewood/")


def test_the_nearest_cities_are_listed_when_the_visitor_asks(open_page, site):
    here = {"latitude": 40.74391, "longitude": -74.03237}
    page = open_page("/", permissions=["geolocation"], geolocation=here)
    page.get_by_role("button", name="Use my location").click()
    page.wait_for_url(f"{site}/search/?near=40.74,-74.03")  # no nearer than about a kilometer
    first = page.locator(".found li").first
    expect(first).to_contain_text("Hoboken, New Jersey")
    expect(first).to_contain_text("mile")


def test_a_refused_position_is_answered_kindly(open_page):
    page = open_page("/")
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("status")).to_have_text(
        "Your device did not allow it. Type your city or ZIP code."
    )


def test_who_is_far_away_is_told_so(open_page):
    page = open_page("/", permissions=["geolocation"], geolocation={"latitude": 41.88, "longitude": -87.63})
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are outside our states")


LATE = """() => {
    const coords = { latitude: 40.74, longitude: -74.03 };
    navigator.geolocation.getCurrentPosition = (found) => { window.answer = () => found({ coords }); };
}"""


def test_a_late_answer_throws_away_nothing_that_was_typed_since(open_page):
    page = open_page("/search/")
    page.evaluate(LATE)
    page.get_by_role("button", name="Use my location").click()
    expect(page.locator("main .near [role=status]")).to_have_text("Asking your device…")
    box = page.locator("main [name=q]")
    box.press_sequentially("erie")
    expect(page.get_by_role("option").first).to_be_visible()
    page.evaluate("() => window.answer()")
    page.wait_for_timeout(300)
    expect(box).to_have_value("erie")
    assert "near=" not in page.url


def test_a_device_that_never_answers_is_given_up_kindly(open_page):
    page = open_page("/search/")
    page.clock.install()
    page.evaluate(LATE)
    page.get_by_role("button", name="Use my location").click()
    page.clock.run_for(16_000)
    expect(page.locator("main .near [role=status]")).to_have_text(
        "Your device has not answered. Type your city or ZIP code."
    )
    page.evaluate("() => window.answer()")
    page.wait_for_timeout(200)
    assert "near=" not in page.url


def test_each_region_of_the_circles_leads_to_its_part_of_the_explainer(open_page):
    for name, heading in (
        ("PT movement: physical therapy", "Physical therapy is about movement"),
        ("OT daily life: occupational therapy", "Occupational therapy is about function"),
        ("both: when you need the two therapies", "When you need both"),
    ):
        page = open_page("/")
        page.get_by_role("link", name=name).focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**#*")
        assert page.locator(":target").inner_text() == heading


def test_the_guide_answers_with_and_without_javascript(open_page):
    for javascript in (True, False):
        page = open_page("/which-therapy/", javascript=javascript)
        page.get_by_label("Walking, or getting up from a chair").check()
        page.get_by_label("Keeping my balance").check()
        page.get_by_label("Your state").select_option("Florida")
        page.get_by_role("button", name="Show my answer").click()
        expect(page.get_by_role("heading", name="Likely physical therapy (PT)")).to_be_visible()
        expect(page.get_by_text("both things that you ticked point the same way")).to_be_visible()
        expect(page.get_by_role("heading", name="Next, in Florida")).to_be_visible()
        expect(page.get_by_label("Keeping my balance")).to_be_checked()
        expect(page.get_by_role("button", name="Copy these words")).to_have_count(int(javascript))


def test_the_guide_can_be_ticked_with_the_keyboard(open_page):
    page = open_page("/which-therapy/")
    press_until(page, "document.activeElement.value === 'memory'")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Likely occupational therapy (OT)")).to_be_visible()


def test_a_warning_sign_is_answered_before_anything_else(open_page):
    page = open_page(KINDS["emergency"])
    headings = page.locator("main").get_by_role("heading").all_inner_texts()
    assert headings[:2] == ["Which therapy do you need?", "Call 911 now"]
    assert not any(heading.startswith("Likely") for heading in headings)
    page.get_by_role("link", name="leave this out and show the rest").click()
    expect(page.get_by_role("heading", name="Likely physical therapy (PT)")).to_be_visible()
    page = open_page(KINDS["care-now"])
    headings = page.locator("main").get_by_role("heading").all_inner_texts()
    assert headings[1:3] == ["Get care now", "What to tell your doctor"]
    expect(page.get_by_role("button", name="Copy these words")).to_be_visible()


def test_the_words_for_the_doctor_can_be_copied(open_page, site):
    page = open_page(KINDS["answer"], permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy these words").click()
    expect(page.get_by_text("Copied.", exact=True)).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Walking, or getting up from a chair" in copied
    assert "Do I need OT, PT, or both?" in copied


def test_typing_narrows_the_directory(open_page):
    page = open_page("/locations/")
    box = page.get_by_role("searchbox")
    box.fill("la canada")
    expect(page.get_by_role("status")).to_have_text(re.compile("1 city below"))
    expect(page.locator(".directory li:visible")).to_have_count(1)
    expect(page.get_by_role("navigation", name="States").get_by_role("listitem")).to_have_text(
        ["California 212"]
    )
    for typed, name in (("hoboken, NJ", "Hoboken"), ("st petersburg", "St. Petersburg"), ("coeur", None)):
        box.fill(typed)
        expect(page.locator(".directory li:visible")).to_have_text([name] if name else [])
    expect(page.get_by_role("status")).to_contain_text("No name here is like that. “Find” looks")
    box.fill("")
    expect(page.locator(".directory li:visible")).to_have_count(942)
    expect(page.get_by_role("status")).to_have_text("")


def test_the_table_of_contents_follows_and_marks_what_is_read(open_page):
    page = open_page(f"{KINDS['explainer']}#low-back-pain")
    contents = page.get_by_role("navigation", name="On this page")
    expect(contents.get_by_role("link", name="Low back pain")).to_have_attribute("aria-current", "true")
    assert 0 <= contents.bounding_box()["y"] < 900  # in sight, though the page is scrolled
    assert page.evaluate("scrollY") > 500
    marked = contents.locator("[aria-current=true]")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(marked).to_have_text("Full State and City Directory")
    page.evaluate("scrollTo(0, 0)")
    expect(marked).to_have_count(0)


def test_a_part_that_is_linked_to_is_in_sight_and_highlighted(open_page):
    page = open_page(f"{KINDS['explainer']}#after-a-stroke", width=360)
    target = page.locator(":target")
    expect(target).to_be_in_viewport()
    assert "0px 4px" in target.evaluate("e => getComputedStyle(e).boxShadow")


def test_the_current_page_is_marked_in_the_navigation(open_page, site):
    page = open_page("/which-therapy/")
    menu = page.get_by_role("navigation", name="Main")
    expect(menu.locator("[aria-current=page]")).to_have_text("Decide")
    page.goto(f"{site}/locations/california/anaheim/")
    expect(menu.locator("[aria-current=true]")).to_have_text("Find")


def test_links_to_other_sites_are_marked(open_page, site):
    page = open_page(KINDS["explainer"])
    links = page.locator("main a[href^=http]")
    assert links.count() >= 6
    for link in links.all():
        assert re.search(r"\bexternal\b", link.get_attribute("rel"))
