"""Sign-in, health, programme pages."""

from homevisit.tests.url_table.row import Row

# fmt: off
ROWS = [
    Row("home", "get", "", {
        "inspector nobody": "200",
        "rest": "302",
    }),
    Row("healthz", "get", "", {"rest": "200"}),
    Row("readyz", "get", "", {"rest": "200"}),
    Row("account_login", "get", "", {"rest": "302"}),
    Row("account_logout", "get", "", {"rest": "200"}),
    Row("account_change_password", "get", "", {"rest": "200"}),
    Row("account_change_password", "post", "", {"rest": "200"}),
    Row("account_reauthenticate", "get", "", {"rest": "200"}),
    Row("account_reauthenticate", "post", "", {"rest": "200"}),
    Row("account_inactive", "get", "", {"rest": "200"}),
    Row("programmes:switch", "post", "", {
        "inspector nobody": "404",
        "rest": "302",
    }, {"programme": "here-2022"}),
    Row("programmes:overview", "get", "", {"rest": "200"}),
    Row("programmes:school_form", "get", "", {
        "school_leader named_leader school_admin": "200",
        "rest": "403",
    }),
    Row("programmes:school_form", "post", "", {
        "school_leader named_leader school_admin": "422",
        "rest": "403",
    }),
    Row("programmes:school_form", "get", "schools.School", {
        "school_leader named_leader school_admin": "200/200/404/404",
        "reviewer district_admin security_admin": "403/403/403/404",
        "auditor inspector nobody": "404",
        "rest": "403/403/404/404",
    }),
    Row("programmes:school_form", "post", "schools.School", {
        "school_leader named_leader school_admin": "422/422/404/404",
        "reviewer district_admin security_admin": "403/403/403/404",
        "auditor inspector nobody": "404",
        "rest": "403/403/404/404",
    }),
    Row("programmes:school_form_preview", "post", "schools.School", {
        "school_leader named_leader school_admin": "200/200/404/404",
        "reviewer district_admin security_admin": "403/403/403/404",
        "auditor inspector nobody": "404",
        "rest": "403/403/404/404",
    }),
    Row("programmes:conduct", "get", "", {"rest": "200"}),
    Row("programmes:conduct_sign", "post", "", {
        "reviewer district_admin security_admin auditor": "403",
        "inspector nobody": "404",
        "rest": "302",
    }),
    Row("programmes:events", "get", "", {
        "security_admin auditor inspector nobody": "403",
        "rest": "200",
    }),
    Row("programmes:event_new", "get", "", {
        "school_leader named_leader school_admin": "200",
        "rest": "403",
    }),
    Row("programmes:event_new", "post", "", {
        "school_leader named_leader school_admin": "422",
        "rest": "403",
    }),
    Row("programmes:event", "get", "programmes.Event", {
        "reviewer district_admin": "200/200/200/404",
        "security_admin auditor inspector nobody": "403",
        "rest": "200/200/404/404",
    }),
    Row("programmes:event_edit", "get", "programmes.Event", {
        "school_leader named_leader school_admin": "200/200/404/404",
        "reviewer district_admin": "403/403/403/404",
        "security_admin auditor inspector nobody": "403",
        "rest": "403/403/404/404",
    }),
    Row("programmes:event_edit", "post", "programmes.Event", {
        "school_leader named_leader school_admin": "422/422/404/404",
        "reviewer district_admin": "403/403/403/404",
        "security_admin auditor inspector nobody": "403",
        "rest": "403/403/404/404",
    }),
    Row("programmes:event_cancel", "post", "programmes.Event", {
        "school_leader named_leader school_admin": "302/302/404/404",
        "reviewer district_admin": "403/403/403/404",
        "security_admin auditor inspector nobody": "403",
        "rest": "403/403/404/404",
    }),
    Row("programmes:attendance", "get", "programmes.Event", {
        "school_leader named_leader school_admin": "200/200/404/404",
        "reviewer district_admin": "403/403/403/404",
        "security_admin auditor inspector nobody": "403",
        "rest": "403/403/404/404",
    }),
    Row("programmes:attendance", "post", "programmes.Event", {
        "school_leader named_leader school_admin": "302/302/404/404",
        "reviewer district_admin": "403/403/403/404",
        "security_admin auditor inspector nobody": "403",
        "rest": "403/403/404/404",
    }),
]
