from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HouseholdsConfig(AppConfig):
    name = "households"

    def ready(self) -> None:
        from households.consequences import register_follower, register_leaver
        from households.known_events import events_as_known
        from households.models import LifeEvent
        from households.outreach_work import outreach_work
        from households.panels import register_panel
        from households.policies import (
            may_import,
            may_open_families_elsewhere,
            may_see_division_changes,
            may_see_duplicates,
            may_see_families,
            may_see_proposals,
        )
        from households.proposal_panel import proposal_panel
        from households.proposal_work import proposal_work
        from households.representation_work import WORDS as ACTS_OF_REPRESENTATIONS
        from households.representation_work import representation_panel, representation_work
        from households.resources import LISTS
        from households.selectors.search import find_families
        from households.services.division_changes.applying import load_schedule as load_change_schedule
        from households.services.division_changes.following import FOLLOWS, KINDS, STAYS, follow_in_registry
        from households.services.duplicate_search import compare_again, drop_pairs_of, load_schedule
        from households.services.proposal_following import follow_registry, let_go_of_proposals
        from households.sheets import HOUSEHOLD_SHEET, PERSON_SHEET
        from households.staff_identity_work import WORDS as ACTS_OF_IDENTITIES
        from households.staff_identity_work import identity_work
        from households.succession import register_succession
        from households.visit_panel import visit_panel
        from households.work import registry_work
        from offices.acts_in_words import RecordPlace, register_records, register_words
        from offices.database.known import register_known
        from offices.exports import register_export
        from offices.reference_data import register_loader
        from offices.work import (
            NavigationEntry,
            Shortcut,
            register_navigation,
            register_search,
            register_shortcut,
            register_work,
        )

        register_known(LifeEvent, events_as_known)
        register_follower(compare_again)
        register_leaver(drop_pairs_of)
        register_follower(follow_registry)
        register_leaver(let_go_of_proposals)
        register_loader("duplicates schedule", load_schedule, order=200)
        register_loader("division changes schedule", load_change_schedule, order=200)
        register_succession(follow_in_registry, kinds=KINDS, follows=FOLLOWS, stays=STAYS, order=0)
        register_work(registry_work, order=20)
        register_work(identity_work, order=90)
        register_words(ACTS_OF_IDENTITIES)
        register_work(representation_work, order=21)
        register_words(ACTS_OF_REPRESENTATIONS)
        register_work(outreach_work, order=21)
        register_work(proposal_work, order=22)
        register_panel(representation_panel, order=30)
        register_panel(visit_panel, order=40)
        register_panel(proposal_panel, order=5)
        register_search(find_families)
        for kind in LISTS.values():
            register_export(kind)
        for sheet in (HOUSEHOLD_SHEET, PERSON_SHEET):
            register_export(sheet)
        register_navigation(
            NavigationEntry(_("Families"), "households:households", "users-group", may_see_families, 10)
        )
        for label, note, url_name, icon, policy, order in (
            (
                _("Look up a family"),
                _("By village, household or name"),
                "households:households",
                "users-group",
                may_see_families,
                10,
            ),
            (
                _("A family of another township"),
                _("Served here too, with the whole identity number"),
                "households:elsewhere",
                "map-pin",
                may_open_families_elsewhere,
                30,
            ),
            (
                _("Take a resident file in"),
                _("CSV or XLSX, tried out before it counts"),
                "households:import_new",
                "file-import",
                may_import,
                70,
            ),
            (
                _("People recorded twice"),
                _("Compare two records, make them one"),
                "households:duplicates",
                "copy",
                may_see_duplicates,
                75,
            ),
            (
                _("What other departments report"),
                _("Lists of deaths, hukou changes, the insured, examinees"),
                "households:proposals",
                "file-check",
                may_see_proposals,
                76,
            ),
            (
                _("Changes of divisions"),
                _("Villages that are merged, split, renamed or moved"),
                "households:division_changes",
                "map-pin",
                may_see_division_changes,
                78,
            ),
        ):
            register_shortcut(Shortcut(label, note, url_name, icon, policy, order))
        register_records(
            {
                "households.outreachevent": RecordPlace("households:outreach_event", "title"),
                "households.representation": RecordPlace("households:representation", "document"),
                "households.unit": RecordPlace("households:unit", "name"),
                "households.association": RecordPlace("households:association", "name"),
            }
        )
        register_words(
            {
                "households.import_residents": _("Took in a resident file"),
                "households.refuse_import": _("Refused a resident file as a whole"),
                "households.assign_headers": _("Assigned the columns of a resident file"),
                "households.ask_to_cancel_import": _("Asked to cancel an import under way"),
                "households.cancel_import": _("Cancelled an import"),
                "households.take_back_import": _("Took an import back"),
                "households.settle_row": _("Said whom a row of a file means"),
                "households.settle_dispute": _("Said whether a file or what was put right is true"),
                "households.download_remarks": _("Downloaded an import's remarks"),
                "households.show_in_full": _("Showed a masked value in full"),
                "households.open_family_elsewhere": _("Opened a family served by another township"),
                "households.propose_account": _("Entered a bank account"),
                "households.confirm_account": _("Confirmed a bank account"),
                "households.reject_account": _("Rejected a bank account"),
                "households.record_event": _("Recorded a life event"),
                "households.take_back_event": _("Took a life event back"),
                "households.decide_pair": _("Decided whether two records are of one person"),
                "households.reopen_pair": _("Took back a decision about two records"),
                "households.merge_people": _("Made two records of one person one"),
                "households.undo_merge": _("Undid a merge of two records"),
                "households.record_visit": _("Recorded a visit"),
                "households.take_back_visit": _("Took a visit back"),
                "households.settle_visit": _("Did what was promised at a visit"),
                "households.enter_event": _("Entered an outreach event"),
                "households.correct_event": _("Corrected an outreach event"),
                "households.take_back_outreach": _("Took an outreach event back"),
                "households.record_unit": _("Recorded a unit"),
                "households.change_unit": _("Changed a unit"),
                "households.lodge_person": _("Recorded who lives in a compound"),
                "households.end_lodging": _("Ended an entry of a compound"),
                "households.show_contact": _("Showed a contact's phone in full"),
                "households.record_association": _("Recorded an association"),
                "households.change_association": _("Changed an association"),
                "households.count_services": _("Counted what an association did"),
                "households.draft_division_change": _("Prepared a change of divisions"),
                "households.choose_for_split": _("Chose households for a village that is split off"),
                "households.confirm_division_change": _("Confirmed a change of divisions"),
                "households.withdraw_division_change": _("Withdrew a change of divisions"),
                "households.do_division_change": _("Did a change of divisions"),
                "households.read_department_file": _("Read another department's list"),
                "households.refuse_department_file": _("Refused another department's list as a whole"),
                "households.assign_department_columns": _("Assigned the columns of a department's list"),
                "households.cancel_department_file": _("Cancelled the reading of a department's list"),
                "households.ask_to_cancel_department_file": _("Asked to cancel a list that is being read"),
                "households.withdraw_department_file": _("Withdrew a department's list"),
                "households.download_department_list": _("Downloaded rows of a department's list"),
                "households.say_whom_proposal_means": _("Said whom a department's row means"),
                "households.confirm_proposal": _("Entered what a department reported"),
                "households.decline_proposal": _("Declined what a department reported"),
                "households.reopen_proposal": _("Took up again what a department reported"),
                "households.find_proposal_known": _("Found that a department's report is known already"),
            }
        )
