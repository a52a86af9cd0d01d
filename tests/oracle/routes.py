"""For whom each address and socket event of the hub is.

An address without a row is taken for the strictest: with an argument it is `shared`, without one it
is `work`; one that is for others has a row here, or the tests fail.

public    whoever reaches the hub, signed in or not
person    everybody who is signed in, about himself or about what all bureaus know in common
work      people who work with records; what they get is their bureau's and what is shared with it
shared    one record: its bureau, and whoever it is shared with; for anybody else it does not exist
own       one record: its own bureau alone; for a partner too it does not exist (a record of an
          inspection, until it is sealed)
sysadmin, secadmin, auditor   that administrator of a bureau, and none of the others
store     the system and the audit administrator: which files are broken, by id alone
witnessed the auditor, and who meets partners: a chain's checkpoints, which hold no content
admins    the system and the security administrator
confirmed the security administrator and the officials, as second persons of changes of accounts
accounts  who changes accounts, and who confirms their changes
alerted   who works with records, and the security administrator, who is told of emergency access
reviewed  a use of emergency access: its person, and of his bureau the officials and the security
          administrator; for anybody else it does not exist
"""

from __future__ import annotations

from tests.oracle.calling import Route

PUBLIC = """
    health.alive health.ready openapi_json api_docs static assets.asset_file i18n.catalogue
    i18n.set_locale accounts.login accounts.sign_in accounts.sign_out accounts.second_factor
    accounts.check_second_factor accounts.second_factor_qr
    accounts.new_password accounts.set_new_password
    calendar_feeds.calendar field_app.app field_app.worker field_app.manifest field_kit_api.here
"""
PERSON = """
    home.index accounts.account
    accounts_api.me accounts_api.set_password accounts_api.tokens accounts_api.create_token
    accounts_api.revoke_token bureaus_api.get_basemap bureaus_api.list_bureaus
    bureaus_api.one_bureau bureaus_api.list_jurisdictions calendar.index calendar_api.count
    calendar_api.days calendar_api.calendar_days_csv calendar_api.calendar_days_xlsx
    calendar_api.calendar_days_json deadlines.index deadlines.show deadlines_api.list_rules
    deadlines_api.deadline_rules_csv deadlines_api.deadline_rules_xlsx
    deadlines_api.deadline_rules_json deadlines_api.history keys.index keys_api.keys
    keys_api.key_file
    notifications_api.count notifications_api.read notifications_api.read_all
    notifications_api.wishes notifications_api.set_wishes ogc.landing ogc.collections
    ogc.conformance zones_api.boundary_line
"""
# What has an argument that is no record of a bureau: layers, codes of rules, partners' keys.
LISTS = """
    calendar_feeds.renew calendar_feeds.revoke ogc.collection ogc.items keys_api.confirm
    keys_api.withdraw deadlines_api.revise
"""
OWN = """
    cases_api.update_case cases_api.attach case_notes_api.add case_parties_api.add
    case_parties_api.remove case_parties_api.change case_parties_api.reveal cases_api.preview
    cases.show_as cases_api.reopen cases_api.share_case cases_api.steps cases_api.take_step
    files.show files_api.file_passport field_api.attach field_api.refer
    petitions.edit petitions_api.change petitions_api.reporter petitions_api.reveal
    inspections.show inspections_api.one inspections_api.save inspections_api.attach_photo
    inspections_api.sign inspections_api.withdraw inspections_api.seal inspections_api.verify
    inspections_api.seal_file inspections_api.draft_document inspections_api.void
    inspections_api.supplement inspections_api.attach_to_case
    requests.edit requests_api.update_request shares_api.recall shares_api.opened
    shares_api.grant_access shares_api.refuse_access shares_api.withdraw_access stations.edit
    snap_api.remove
"""
SYSADMIN = """
    calendar_api.enter calendar_api.remove calendar_api.change calendar_api.import_plan
    accounts_api.create_person accounts_api.set_license health.metrics
"""
SECADMIN = """
    accounts_api.set_active account_changes_api.set_rights keys_api.rotate keys_api.revoke
    keys_api.import_keys
"""
STORE = (
    "files.store files_api.store_faults files_api.store_faults_csv"
    " files_api.store_faults_xlsx files_api.store_faults_json"
)
AUDITOR = """
    audit.index audit_api.audit audit_api.audit_csv audit_api.audit_xlsx audit_api.audit_json
    audit_api.verify
"""
WITNESSED = "audit_api.checkpoint audit_api.kept"
ADMINS = "account_changes_api.propose_code"
CONFIRMED = "account_changes_api.confirm account_changes_api.refuse"
ACCOUNTS = """
    accounts.people accounts_api.people account_changes_api.waiting account_changes_api.withdraw
"""
ALERTED = """
    notifications.index notifications_api.notifications notifications_api.notifications_csv
    notifications_api.notifications_xlsx notifications_api.notifications_json
    emergency.index emergency_api.list_uses emergency_api.emergencies_csv
    emergency_api.emergencies_xlsx emergency_api.emergencies_json
"""
REVIEWED = "emergency.show emergency_api.one emergency_api.end emergency_api.review"

CLASSES: dict[str, frozenset[str]] = {
    "public": frozenset(PUBLIC.split()),
    "person": frozenset(PERSON.split()),
    "work": frozenset(LISTS.split()),
    "own": frozenset(OWN.split()),
    "sysadmin": frozenset(SYSADMIN.split()),
    "secadmin": frozenset(SECADMIN.split()),
    "auditor": frozenset(AUDITOR.split()),
    "store": frozenset(STORE.split()),
    "witnessed": frozenset(WITNESSED.split()),
    "admins": frozenset(ADMINS.split()),
    "confirmed": frozenset(CONFIRMED.split()),
    "accounts": frozenset(ACCOUNTS.split()),
    "alerted": frozenset(ALERTED.split()),
    "reviewed": frozenset(REVIEWED.split()),
}

# What a client may send over a socket, and for whom it is; connecting comes before.
EVENTS = {
    "connect": "work",
    "disconnect": "work",
    "ack": "work",
    "look": "shared",
    "room": "shared",
    "position": "own",
    "watch": "work",
}


def class_of(route: Route) -> str:
    """For whom a route is: as its row says, or else what lets the fewest in."""
    for name, endpoints in CLASSES.items():
        if route.endpoint in endpoints:
            return name
    return "shared" if route.arguments else "work"
