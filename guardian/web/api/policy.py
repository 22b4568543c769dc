"""The applied policy and the schema of the language."""

from typing import Any

from fastapi import APIRouter, Depends

from guardian.engine.policies import status
from guardian.policy.schema import json_schema
from guardian.web import models
from guardian.web.access import In, PolicyReader, policy_reader_of
from guardian.web.problems import described

router = APIRouter(
    prefix="/api/v1/policy",
    tags=["policy"],
    dependencies=[Depends(policy_reader_of)],
    responses=described(401, 403, 503),
)


@router.get("", operation_id="get_policy")
def get_policy(guardian: In, caller: PolicyReader) -> models.PolicyStatus:
    """The version in force, and what the file on disk would make of it; its faults are for tokens of the installation and policy admins."""
    found = models.PolicyStatus.model_validate(status(guardian.store.registry, guardian.engine.policy_files))
    return found if caller.sees_policy_faults else found.model_copy(update={"problems": []})


@router.get("/schema.json", operation_id="get_policy_schema")
def get_schema() -> dict[str, Any]:
    """The JSON Schema of the policy file."""
    return json_schema()
