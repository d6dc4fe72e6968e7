// What a rule would do for one customer, real or made up, from something that happens.
import { Button, Checkbox, Group, SegmentedControl, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { useTranslations } from "use-intl";
import type { RuleSimulated } from "@/api/types";
import { CustomerChoice } from "@/customers/choice";
import { countryNames } from "@/customers/places";
import { type Draft, useDraft } from "@/parts/draft";
import { MomentInput } from "@/parts/moment-input";
import { useLanguage } from "@/words/language";
import { AttributeRows } from "./attribute-rows";
import { TypeChoice } from "./choices";
import { rulesPath } from "./queries";
import { RuleProblems } from "./rule-problems";
import { SimulatedTimeline } from "./simulated";
import { awaitedTypes } from "./spots";
import { useTrial } from "./trial";
import type { TryProps } from "./try-out";

type Who = "real" | "madeUp";
type Happening = "activity" | "fired";
const textNames = ["firstname", "email", "countryCode", "language", "birthDate"] as const;
type MadeUp = Record<(typeof textNames)[number], string | null> & { profilingConsent: boolean };
type Question = {
  who: Who;
  customerId: number | null;
  customer: MadeUp;
  happening: Happening;
  activity: { type: string; attributes: Record<string, unknown> };
};
type QuestionProps = { question: Draft<Question> };

const nobody: MadeUp = {
  firstname: null,
  email: null,
  countryCode: null,
  language: null,
  birthDate: null,
  profilingConsent: true,
};

export function Simulate({ draft, ruleId }: TryProps) {
  const t = useTranslations("simulation");
  const type = awaitedTypes(draft.values)[0];
  const question = useDraft<Question>({
    who: "real",
    customerId: null,
    customer: nobody,
    happening: "activity",
    activity: { type: type ?? "", attributes: {} },
  });
  const trial = useTrial<RuleSimulated>(draft, ruleId, question.showProblems);
  // What the rule waits for may be chosen only after this was opened for the first time.
  const activityType = question.values.activity.type || type || "";
  const missing = missingOf(question.values, activityType);
  const ask = () => trial.ask(`${rulesPath}/simulate`, asked(question.values, activityType));
  return (
    <Stack gap="md">
      <WhoInputs question={question} />
      <HappeningInputs question={question} activityType={activityType} />
      <Group gap="sm">
        <Button
          leftSection={<IconPlayerPlay size={16} />}
          loading={trial.isAsking}
          disabled={missing !== null}
          onClick={ask}
        >
          {t("run")}
        </Button>
        {missing && (
          <Text size="sm" c="dimmed">
            {t(missing)}
          </Text>
        )}
      </Group>
      <div aria-live="polite">
        <RuleProblems problems={trial.problems} />
        {trial.result && <SimulatedTimeline answer={trial.result.answer} values={trial.result.values} />}
      </div>
    </Stack>
  );
}

function missingOf({ who, customerId, happening }: Question, activityType: string) {
  if (who === "real" && customerId === null) return "needsCustomer";
  return happening === "activity" && activityType === "" ? "needsActivity" : null;
}

function asked({ who, customerId, customer, happening, activity }: Question, activityType: string): object {
  const given = Object.fromEntries(Object.entries(customer).filter(([, value]) => value !== null && value !== ""));
  return {
    ...(who === "real" ? { customerId } : { customer: given }),
    ...(happening === "activity" ? { activity: { ...activity, type: activityType } } : {}),
  };
}

function WhoInputs({ question }: QuestionProps) {
  const t = useTranslations("simulation");
  const { who } = question.values;
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {t("who")}
      </Text>
      <SegmentedControl
        size="xs"
        w="fit-content"
        aria-label={t("who")}
        value={who}
        onChange={(next) => question.set("/who", next)}
        data={(["real", "madeUp"] as const).map((value) => ({ value, label: t(`whos.${value}`) }))}
      />
      {who === "real" ? (
        <CustomerChoice
          label={t("customer")}
          value={question.values.customerId}
          onChange={(id) => question.set("/customerId", id)}
        />
      ) : (
        <MadeUpInputs question={question} />
      )}
    </Stack>
  );
}

function MadeUpInputs({ question }: QuestionProps) {
  const t = useTranslations("conditions.fields");
  const { locale } = useLanguage();
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput size="xs" label={t("firstname")} {...question.text("/customer/firstname")} />
        <TextInput size="xs" label={t("email")} {...question.text("/customer/email")} />
        <Select
          size="xs"
          searchable
          label={t("countryCode")}
          data={countryNames(locale, question.values.customer.countryCode)}
          {...question.input<string | null>("/customer/countryCode")}
        />
        <TextInput size="xs" label={t("language")} {...question.text("/customer/language")} />
        <MomentInput
          size="xs"
          kind="date"
          label={t("birthDate")}
          {...question.input<string | null>("/customer/birthDate")}
        />
      </SimpleGrid>
      <Checkbox size="xs" label={t("profilingConsent")} {...question.check("/customer/profilingConsent")} />
    </>
  );
}

function HappeningInputs({ question, activityType }: QuestionProps & { activityType: string }) {
  const t = useTranslations("simulation");
  const { happening, activity } = question.values;
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {t("happened")}
      </Text>
      <SegmentedControl
        size="xs"
        w="fit-content"
        aria-label={t("happened")}
        value={happening}
        onChange={(next) => question.set("/happening", next)}
        data={(["activity", "fired"] as const).map((value) => ({ value, label: t(`happenings.${value}`) }))}
      />
      {happening === "fired" ? (
        <Text size="sm" c="dimmed">
          {t("firedHint")}
        </Text>
      ) : (
        <>
          <TypeChoice
            value={activityType}
            error={question.problem("/activity/type")}
            onChange={(type) => question.set("/activity/type", type)}
          />
          <AttributeRows
            type={activityType}
            value={activity.attributes}
            onChange={(attributes) => question.set("/activity/attributes", attributes)}
          />
        </>
      )}
    </Stack>
  );
}
