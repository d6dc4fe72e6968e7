//! HTTP of the companies.

use super::model::{Company, CompanyDraft};
use super::store;
use crate::access::{EditCustomers, May, ReadCustomers};
use crate::app::App;
use crate::error::Error;
use crate::http::{Body, Created, IfMatch, Listing, NoContent, Page, Path, Query, Versioned};
use crate::ids::CompanyId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(read, update, remove))
}

#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Narrowed {
    /// Part of the name or of the VAT id.
    q: Option<String>,
}

/// Companies by name.
#[utoipa::path(get, path = "/api/companies", operation_id = "companies_list", tag = "companies", params(Listing, Narrowed),
    responses((status = 200, body = Page<Company>)))]
async fn list(may: May<ReadCustomers>, Query(listing): Query<Listing>, Query(narrowed): Query<Narrowed>) -> Result<Page<Company>, Error> {
    let limit = listing.limit()?;
    let after = listing.after::<(String, i64)>()?;
    let words = sql::fold(narrowed.q.unwrap_or_default().trim());
    let counted = listing.count;
    let (companies, total) = may
        .read(move |work| {
            let total = if counted { Some(store::count(work, &words)?) } else { None };
            Ok((store::list(work, &words, after.clone(), limit)?, total))
        })
        .await?;
    Ok(Page::of(companies, limit, total, |company| (sql::fold(&company.draft.name), company.id.0)))
}

/// Add a company.
#[utoipa::path(post, path = "/api/companies", operation_id = "companies_create", tag = "companies", request_body = CompanyDraft,
    responses((status = 201, body = Company)))]
async fn create(may: May<EditCustomers>, Body(draft): Body<CompanyDraft>) -> Result<Created<Company>, Error> {
    let body = may.write(move |work| super::create(work, draft.clone())).await?;
    Ok(Created { location: format!("/api/companies/{}", body.id), version: body.version, body })
}

/// One company.
#[utoipa::path(get, path = "/api/companies/{id}", operation_id = "companies_read", tag = "companies", params(("id" = i64, Path)),
    responses((status = 200, body = Company)))]
async fn read(may: May<ReadCustomers>, Path(company): Path<CompanyId>) -> Result<Versioned<Company>, Error> {
    let body = may.read(move |work| super::read(work, company)).await?;
    Ok(Versioned { version: body.version, body })
}

/// Change a company by a merge patch.
#[utoipa::path(patch, path = "/api/companies/{id}", operation_id = "companies_update", tag = "companies", params(("id" = i64, Path)),
    request_body = serde_json::Value, responses((status = 200, body = Company)))]
async fn update(
    may: May<EditCustomers>,
    Path(company): Path<CompanyId>,
    if_match: IfMatch,
    Body(patch): Body<serde_json::Value>,
) -> Result<Versioned<Company>, Error> {
    let body = may.write(move |work| super::update(work, company, &patch, &if_match)).await?;
    Ok(Versioned { version: body.version, body })
}

/// Remove a company to which nobody belongs.
#[utoipa::path(delete, path = "/api/companies/{id}", operation_id = "companies_remove", tag = "companies", params(("id" = i64, Path)),
    responses((status = 204)))]
async fn remove(may: May<EditCustomers>, Path(company): Path<CompanyId>) -> Result<NoContent, Error> {
    may.write(move |work| super::remove(work, company)).await.map(|()| NoContent)
}
