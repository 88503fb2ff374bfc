import { describe, expect, it } from 'vitest';
import {
  chooseOffers,
  isMarketplace,
  isStale,
  listProviders,
  type PriceChoice,
  priceInstances,
  providerOfInstance,
  providerOfRegion,
} from '../../../server/src/core/catalog/price-book.js';
import type { Offer } from '../../../server/src/core/catalog/types.js';
import type { Maybe } from '../../../server/src/core/model/maybe.js';
import { shippedCatalog } from '../../support/catalog.js';

const catalog = shippedCatalog();
const chosen = (choice: Maybe<PriceChoice>): PriceChoice => {
  if (!choice.known) throw new Error(choice.need);
  return choice.value;
};

describe('instance prices', () => {
  // Prices as in the rows of instances.csv (karpenter's EC2 table of 2026-07-20, Azure's of 2026-06-18) and serverless.csv (SageMaker of 2026-06-15).
  it.each([
    ['p5.48xlarge', 'us-east-1', 1, 55.04],
    ['p5.48xlarge', 'us-east-1', 2, 110.08],
    ['ml.p5.48xlarge', 'us-east-1', 1, 63.296],
    ['ML.P5.48XLARGE', 'ap-south-1', 1, 75.9575],
    ['g4dn.xlarge', 'us-east-1', 3, 1.578],
    ['Standard_NC24ads_A100_v4', 'eastus', 1, 3.673],
  ])('%s in %s × %i costs $%d an hour', (type, region, instances, usd) => {
    const { low, likely, high } = chosen(priceInstances(catalog, type, instances, { region }));
    for (const end of [low, likely, high]) expect(end.usdPerHour).toBeCloseTo(usd, 4);
  });

  it('never prices a SageMaker machine at the EC2 price', () => {
    const types = [...new Set(catalog.offers.filter(({ service }) => service === 'sagemaker').map(({ instance }) => instance))];
    expect(types.length).toBeGreaterThan(20);
    for (const type of types) {
      const ec2 = priceInstances(catalog, type.slice(3), 1, { region: 'us-east-1' });
      const sageMaker = priceInstances(catalog, type, 1, { region: 'us-east-1' });
      if (ec2.known && sageMaker.known && sageMaker.value.missing.length === 0)
        expect(sageMaker.value.likely.usdPerHour).not.toBeCloseTo(ec2.value.likely.usdPerHour, 3);
    }
  });

  it('knows what an unlisted SageMaker machine holds, and not its price', () => {
    expect(catalog.hardware('ml.p3dn.24xlarge')).toMatchObject({ acceleratorId: 'v100-sxm2-32gb', acceleratorCount: 8 });
    expect(priceInstances(catalog, 'ml.p3dn.24xlarge', 1)).toMatchObject({ known: false, facts: ['instance_type'] });
  });

  it('gives the range over regions, each end a real offer, and asks for the region', () => {
    const choice = chosen(priceInstances(catalog, 'p5.48xlarge', 1));
    expect(choice.missing).toEqual(['region']);
    expect([choice.low.offer.region, choice.high.offer.region]).toEqual(['us-east-1', 'ap-south-1']);
    expect(choice.high.usdPerHour).toBeCloseTo(66.048, 4);
  });

  it('says so when a region is not listed, instead of taking another region’s price for it', () => {
    const choice = chosen(priceInstances(catalog, 'p5.48xlarge', 1, { region: 'eu-central-1' }));
    expect(choice.missing).toEqual(['region']);
    expect(choice.notes.join()).toContain('no price is listed for region eu-central-1');
  });

  it.each([
    ['spot of a type without a spot price', 'Standard_NC24ads_A100_v4', 'spot'],
    ['a machine that is not in the book', 'm5.large', 'on-demand'],
  ] as const)('%s is unknown', (_, type, market) => expect(priceInstances(catalog, type, 1, { market }).known).toBe(false));
});

describe('offers of accelerators', () => {
  it('buys whole instances', () => {
    const choice = chosen(chooseOffers(catalog, 'h100-sxm-80gb', 12, { provider: 'aws', region: 'us-east-1' }));
    expect(choice.likely).toMatchObject({ instances: 2, accelerators: 16 });
    expect(choice.likely.usdPerHour).toBeCloseTo(110.08, 4);
  });

  it('takes one machine that holds a node rather than many small ones', () => {
    const choice = chosen(chooseOffers(catalog, 'h100-sxm-80gb', 8, { provider: 'gcp', region: 'us-central1' }));
    expect(choice.likely.offer.instance).toBe('a3-highgpu-8g');
    expect(choice.likely.usdPerHour).toBeCloseTo(88.49, 4);
  });

  it('says that the provider is unknown and spans the list providers', () => {
    const choice = chosen(chooseOffers(catalog, 'h100-sxm-80gb', 8));
    expect(choice.missing).toEqual(['provider']);
    expect(choice.basis).toContain('provider unknown');
    expect(choice.high.usdPerHour / choice.low.usdPerHour).toBeGreaterThan(2);
    for (const { offer } of [choice.low, choice.likely, choice.high]) expect(isMarketplace(offer)).toBe(false);
  });

  it('lets no marketplace or community quote set a default, for any accelerator', () => {
    for (const { id } of catalog.accelerators) {
      const choice = chooseOffers(catalog, id, 1);
      if (choice.known) for (const { offer } of [choice.value.low, choice.value.likely, choice.value.high]) expect(listProviders).toContain(offer.provider);
    }
  });

  it('answers with a marketplace when it is named', () => {
    expect(chosen(chooseOffers(catalog, 'rtx-4090', 1, { provider: 'vast' })).likely.offer.provider).toBe('vast');
  });

  it('is unknown where only marketplaces sell, and names them', () => {
    const only = catalog.accelerators.find(
      ({ id }) => catalog.offersOf(id).length > 0 && catalog.offersOf(id).every((offer) => isMarketplace(offer) && offer.service === 'vm'),
    );
    expect(only).toBeDefined();
    expect(chooseOffers(catalog, only?.id ?? '', 1)).toMatchObject({ known: false, facts: ['provider'] });
  });

  it('prices one real offer: every end is a listed price times whole instances', () => {
    for (const { id } of catalog.accelerators) {
      for (const count of [1, 4, 8, 24]) {
        const choice = chooseOffers(catalog, id, count);
        if (!choice.known) continue;
        const { low, likely, high } = choice.value;
        expect(low.usdPerHour).toBeLessThanOrEqual(likely.usdPerHour);
        expect(likely.usdPerHour).toBeLessThanOrEqual(high.usdPerHour);
        for (const { offer, instances, accelerators, usdPerHour } of [low, likely, high]) {
          expect(catalog.offersOf(id)).toContain(offer);
          expect(usdPerHour).toBeCloseTo(offer.usdPerHour * instances, 9);
          expect(accelerators).toBeGreaterThanOrEqual(count);
          expect(usdPerHour).toBeGreaterThan(0);
        }
      }
    }
  });

  it('turns prices by the second into hours and keeps the unit', () => {
    const offer = catalog.offersOf('t4').find(({ provider }) => provider === 'modal');
    expect(offer).toMatchObject({ billedBy: 'second', service: 'serverless' });
    expect(offer?.usdPerHour).toBeCloseTo(0.000164 * 3600, 9);
    expect(chosen(chooseOffers(catalog, 't4', 1, { provider: 'modal' })).likely.usdPerHour).toBeCloseTo(0.5904, 6);
  });

  it('says when CPU and memory come on top', () => {
    expect(chosen(chooseOffers(catalog, 'h100-sxm-80gb', 1, { provider: 'beam' })).notes.join()).toContain('GPU part');
  });

  it('has a price neither for an accelerator that nobody lists nor for none of them', () => {
    expect(chooseOffers(catalog, 'no-such-chip', 1).known).toBe(false);
    expect(chooseOffers(catalog, 'h100-sxm-80gb', 0).known).toBe(false);
  });
});

describe('fewer than a node', () => {
  it('are what several sell, where the provider is unknown', () => {
    const { low, likely, high, basis } = chosen(chooseOffers(catalog, 'a100-sxm-80gb', 4));
    for (const end of [low, likely, high]) expect(end.accelerators).toBe(4);
    expect(basis).not.toContain('aws');
  });
  it('are a whole machine where the named provider sells only that', () => {
    expect(chosen(chooseOffers(catalog, 'a100-sxm-80gb', 4, { provider: 'aws' })).likely).toMatchObject({
      accelerators: 8,
      offer: { instance: 'p4de.24xlarge' },
    });
  });
  it('are charged by the accelerator where the provider quotes one', () => {
    expect(chosen(chooseOffers(catalog, 'a100-sxm-80gb', 4, { provider: 'crusoe' })).likely).toMatchObject({ accelerators: 4, instances: 4 });
  });
  it('are never several small machine types put together', () => {
    expect(chosen(chooseOffers(catalog, 'a100-sxm-40gb', 4, { provider: 'gcp' })).likely.instances).toBe(1);
  });
});

describe('the list of offers', () => {
  it('holds no price that cannot be one: 0.03 to 40 USD an accelerator-hour, with a source and a day', () => {
    for (const offer of catalog.offers.filter(({ acceleratorCount }) => acceleratorCount >= 1)) {
      const each = offer.usdPerHour / offer.acceleratorCount;
      expect(each, `${offer.provider} ${offer.instance} ${offer.market}`).toBeGreaterThan(0.03);
      expect(each, `${offer.provider} ${offer.instance} ${offer.market}`).toBeLessThan(40);
      expect(offer.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(offer.source).not.toBe('');
    }
  });
});

describe('own rates', () => {
  const own: Offer = {
    provider: 'aws',
    instance: 'p5.48xlarge',
    region: 'any',
    acceleratorId: 'h100-sxm-80gb',
    acceleratorCount: 8,
    market: 'on-demand',
    usdPerHour: 30,
    source: 'our contract',
    asOf: '2026-11-01',
  };
  it('win over every list price', () => {
    const mine = shippedCatalog({ offers: [own] });
    expect(chosen(chooseOffers(mine, 'h100-sxm-80gb', 8)).likely).toMatchObject({ usdPerHour: 30, offer: { own: true } });
    expect(chosen(priceInstances(mine, 'p5.48xlarge', 2)).high.usdPerHour).toBe(60);
  });
  it('can be a discount on a provider’s list', () => {
    const mine = shippedCatalog({ discounts: [{ provider: 'aws', percent: 20 }] });
    expect(chosen(priceInstances(mine, 'p5.48xlarge', 1, { region: 'us-east-1' })).likely.usdPerHour).toBeCloseTo(55.04 * 0.8, 6);
  });
  it.each([0, -5, 100, 150, Number.NaN])('a discount of %d %% is none, never a price of nothing', (percent) => {
    const mine = shippedCatalog({ discounts: [{ provider: 'aws', percent }], offers: [{ ...own, usdPerHour: 0 }] });
    expect(chosen(priceInstances(mine, 'p5.48xlarge', 1, { region: 'us-east-1' })).likely.usdPerHour).toBeCloseTo(55.04, 6);
  });
});

describe('where it runs', () => {
  it.each([
    ['us-east-1', 'aws'],
    ['us-central1', 'gcp'],
    ['westeurope', 'azure'],
    ['FRA', undefined],
    ['nowhere', undefined],
  ])('region %s belongs to %s', (region, provider) => expect(providerOfRegion(catalog, region)).toBe(provider));
  it.each([
    ['p5.48xlarge', 'aws'],
    ['m7i.large', 'aws'],
    ['ml.m5.2xlarge', 'aws'],
    ['n1-standard-16', 'gcp'],
    ['a3-highgpu-8g', 'gcp'],
    ['Standard_D4s_v5', 'azure'],
    ['gpu-cluster', undefined],
  ])('%s is sold by %s', (type, provider) => expect(providerOfInstance(catalog, type)).toBe(provider));
  it.each([
    ['2025-07-20', '2026-07-20', true],
    ['2025-08-01', '2026-07-20', false],
    ['', '2026-07-20', false],
  ])('a price of %s is stale on %s: %s', (asOf, day, stale) => expect(isStale(asOf, day)).toBe(stale));
});
