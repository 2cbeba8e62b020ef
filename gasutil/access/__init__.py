"""Permissions: who may see and do what.

The only package that uses django-guardian; a model without a rule here is visible to no one. Import
from here, not from its modules.
"""

from gasutil.access.actors import (
    ANY_ACCOUNT,
    CUSTOMERS,
    CUSTOMERS_AND_STAFF,
    HOLDERS,
    OWNER_OR_STAFF,
    REPRESENTATIVES,
    STAFF,
    STRANGER,
    SYSTEM,
    TOKEN_ROLES,
    Actor,
    Role,
    anyone,
)
from gasutil.access.assignees import is_assignable, is_representative, representatives
from gasutil.access.grants import (
    forget_permission_ids,
    grants_on,
    make_owner,
    roles_on,
    transfer,
    viewers,
)
from gasutil.access.redaction import CUSTOMER_CHANGES, redact_update
from gasutil.access.requirements import (
    WORK,
    has_permission,
    require,
    require_permission,
    require_person,
    require_scope,
)
from gasutil.access.rows import (
    find,
    get_for_action,
    id_path,
    is_list_fixed,
    is_personal,
    log_of,
    visible_parts,
    visible_to,
)

__all__ = [
    "ANY_ACCOUNT",
    "CUSTOMERS",
    "CUSTOMERS_AND_STAFF",
    "CUSTOMER_CHANGES",
    "HOLDERS",
    "OWNER_OR_STAFF",
    "REPRESENTATIVES",
    "STAFF",
    "STRANGER",
    "SYSTEM",
    "TOKEN_ROLES",
    "WORK",
    "Actor",
    "Role",
    "anyone",
    "find",
    "forget_permission_ids",
    "get_for_action",
    "grants_on",
    "has_permission",
    "id_path",
    "is_assignable",
    "is_list_fixed",
    "is_personal",
    "is_representative",
    "log_of",
    "make_owner",
    "redact_update",
    "representatives",
    "require",
    "require_permission",
    "require_person",
    "require_scope",
    "roles_on",
    "transfer",
    "viewers",
    "visible_parts",
    "visible_to",
]
